import { Switch } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Panel } from "@/design/Page";
import { StatusMark } from "@/design/StatusMark";
import type { NodePair } from "@/domain/runComparison";
import { durationText } from "@/domain/words";
import { useTitleOf } from "./runTitles";

interface NodePairsProps {
  readonly nodes: readonly NodePair[];
  /** Where the two parted. */
  readonly first: string | undefined;
  readonly a: string;
  readonly b: string;
}

const SHOWN = 200;

/** Every node of both: how it ended, how long it took, and whether it gave the same. */
export function NodePairs({ nodes, first, a, b }: NodePairsProps) {
  const titleOf = useTitleOf();
  const [isBrief, setBrief] = useState(false);
  const rows = isBrief ? nodes.filter((node) => !isAlike(node)) : nodes;
  const longest = Math.max(1, ...nodes.flatMap(({ took }) => [took.a ?? 0, took.b ?? 0]));
  return (
    <Panel
      title="Nodes"
      flush
      aside={
        <Switch
          label="Only what differs"
          checked={isBrief}
          onChange={(event) => setBrief(event.currentTarget.checked)}
        />
      }
    >
      <table className="table compared-nodes" aria-label="Nodes of both runs">
        <thead>
          <tr>
            <th>Node</th>
            <th>A</th>
            <th>B</th>
            <th className="end">Took A</th>
            <th className="end">Took B</th>
            <th className="compared-lane">Time</th>
            <th>Gave</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, SHOWN).map((pair) => (
            <tr key={pair.node} className={pair.node === first ? "compared-row-first" : undefined}>
              <td title={pair.node}>{titleOf(pair.node)}</td>
              <State run={a} node={pair.node} state={pair.states.a} />
              <State run={b} node={pair.node} state={pair.states.b} />
              <Took value={pair.took.a} />
              <Took value={pair.took.b} />
              <td className="compared-lane" aria-hidden="true">
                <span style={{ width: `${((pair.took.a ?? 0) / longest) * 100}%` }} />
                <span style={{ width: `${((pair.took.b ?? 0) / longest) * 100}%` }} />
              </td>
              <td className={pair.isSame === false ? "compared-differs" : "muted"}>
                {pair.isSame === undefined ? "–" : pair.isSame ? "the same" : "something else"}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length === 0 && <p className="muted panel-body">No node differs.</p>}
      {rows.length > SHOWN && (
        <p className="small muted panel-body">
          {(rows.length - SHOWN).toLocaleString("en-GB")} more are not shown here.
        </p>
      )}
    </Panel>
  );
}

function isAlike({ states, versions, isSame }: NodePair): boolean {
  return states.a === states.b && versions.a === versions.b && isSame !== false;
}

interface StateProps {
  readonly run: string;
  readonly node: string;
  readonly state: NodePair["states"]["a"];
}

function State({ run, node, state }: StateProps) {
  if (state === undefined) return <td className="muted">not reached</td>;
  return (
    <td>
      <Link to="/runs/$runId" params={{ runId: run }} search={{ node }}>
        <StatusMark status={state} />
      </Link>
    </td>
  );
}

function Took({ value }: { readonly value: number | undefined }) {
  return (
    <td className="end">
      {value === undefined ? (
        <span className="muted">–</span>
      ) : (
        <span className="mono">{durationText(value)}</span>
      )}
    </td>
  );
}
