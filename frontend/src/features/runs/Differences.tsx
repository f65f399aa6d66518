import { IconArrowsSplit2, IconEqual } from "@tabler/icons-react";
import { Empty } from "@/design/Message";
import { Panel } from "@/design/Page";
import { ValueView } from "@/design/ValueView";
import { plainId } from "@/domain/ids";
import { brief, isObject } from "@/domain/json";
import type { Cause, Divergence, NamedPair, RunComparison } from "@/domain/runComparison";
import type { ComparedRun } from "./ComparePage";
import { NodePairs } from "./NodePairs";
import { useTitleOf } from "./runTitles";

interface DifferencesProps {
  readonly a: ComparedRun;
  readonly b: ComparedRun;
  readonly found: RunComparison;
  /** What the nodes gave was too much to be read. */
  readonly isLong: boolean;
}

export function Differences({ a, b, found, isLong }: DifferencesProps) {
  const titleOf = useTitleOf();
  return (
    <>
      <FirstDivergence found={found} isLong={isLong} />
      <Values title="Inputs" pairs={found.inputs} a={a} b={b} />
      <Panel title="Parameters and versions">
        {found.parameters.length + found.versions.length === 0 ? (
          <p className="muted">Both had the same parameters, and the same version of every module.</p>
        ) : (
          <table className="compared-table">
            <thead>
              <tr>
                <th scope="col">What</th>
                <th scope="col">A</th>
                <th scope="col">B</th>
              </tr>
            </thead>
            <tbody>
              {found.parameters.map(({ name, a: one, b: other }) => (
                <tr key={`parameter ${name}`}>
                  <th scope="row" className="mono">
                    {name}
                  </th>
                  <Parameter name={name} value={one} run={a} />
                  <Parameter name={name} value={other} run={b} />
                </tr>
              ))}
              {found.versions.map(({ node, a: one, b: other }) => (
                <tr key={`version ${node}`}>
                  <th scope="row">{titleOf(node)}</th>
                  <td className="mono">{one ?? "not there"}</td>
                  <td className="mono">{other ?? "not there"}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Panel>
      <NodePairs nodes={found.nodes} first={found.first?.node} a={a.id} b={b.id} />
      <Values title="Outputs" pairs={found.outputs} a={a} b={b} />
    </>
  );
}

interface ParameterProps {
  readonly name: string;
  readonly value: unknown;
  readonly run: ComparedRun;
}

function Parameter({ name, value, run }: ParameterProps) {
  if (value === undefined) return <td className="muted">not there</td>;
  const isGiven = isObject(run.parameters) && name in run.parameters;
  return (
    <td className="mono">
      {brief(value, 200)} {!isGiven && <span className="muted small">by default</span>}
    </td>
  );
}

const WHAT: Readonly<Record<Divergence["what"], string>> = {
  absent: "was reached by one of them only.",
  state: "ended differently.",
  outputs: "gave something else.",
};

function FirstDivergence({ found, isLong }: Pick<DifferencesProps, "found" | "isLong">) {
  const titleOf = useTitleOf();
  const { first } = found;
  if (first === undefined) {
    return (
      <section className="compared-first" aria-label="First difference">
        <Empty icon={IconEqual} title="They went alike">
          {isLong
            ? "Every node ended the same way. What each gave is too much to be compared here."
            : "Every node ended the same way, and gave the same as far as you may see it."}
        </Empty>
      </section>
    );
  }
  return (
    <section className="compared-first compared-parted" aria-label="First difference">
      <IconArrowsSplit2 size={18} aria-hidden />
      <div className="grow">
        <p>
          They part at <strong title={first.node}>{titleOf(first.node)}</strong>: it {WHAT[first.what]}
        </p>
        <ul className="small muted">
          {first.causes.map((cause) => (
            <li key={cause.kind}>{causeText(cause)}</li>
          ))}
        </ul>
        {isLong && (
          <p className="small muted">
            What each node gave is too much to be compared here: an earlier one may have given something else.
          </p>
        )}
      </div>
    </section>
  );
}

function causeText(cause: Cause): string {
  switch (cause.kind) {
    case "version":
      return "Another version of its module was called.";
    case "settings":
      return "Its settings or modifiers are others.";
    case "inputs":
      return `It takes an input that differs: ${cause.names.join(", ")}.`;
    case "parameters":
      return `It uses a parameter that differs: ${cause.names.join(", ")}.`;
    case "unknown":
      return "Nothing that it was given differs: the module itself is not always the same, or it failed by chance.";
  }
}

interface ValuesProps {
  readonly title: string;
  readonly pairs: readonly NamedPair[];
  readonly a: ComparedRun;
  readonly b: ComparedRun;
}

/** Values that differ, side by side. */
function Values({ title, pairs, a, b }: ValuesProps) {
  return (
    <Panel title={title}>
      {pairs.length === 0 && <p className="muted">The same in both.</p>}
      {pairs.map((pair) => (
        <div key={pair.name} className="compared-values">
          <OneValue name={pair.name} document={pair.a} run={a.id} side="A" />
          <OneValue name={pair.name} document={pair.b} run={b.id} side="B" />
        </div>
      ))}
    </Panel>
  );
}

interface OneValueProps {
  readonly name: string;
  readonly document: unknown;
  readonly run: string;
  readonly side: string;
}

function OneValue({ name, document, run, side }: OneValueProps) {
  return (
    <div className="compared-value">
      <span className="compared-letter">{side}</span>
      {document === undefined ? (
        <p className="muted small">
          <span className="mono">{name}</span>: not there
        </p>
      ) : (
        <ValueView name={name} document={document} artifactBase={`/runs/${plainId(run)}/artifacts/`} />
      )}
    </div>
  );
}
