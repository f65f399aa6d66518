import { ActionIcon, NumberInput } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { RunNodeDocument, type RunNodeQuery } from "@/api/generated/graphql";
import { useReading } from "@/api/useReading";
import type { LiveRun } from "@/api/useRunFeed";
import { Failure, Loading } from "@/design/Message";
import { Facts } from "@/design/Page";
import { StatusMark } from "@/design/StatusMark";
import { Tabs } from "@/design/Tabs";
import { useNow } from "@/design/useNow";
import { parseGraph } from "@/domain/graph";
import type { NodeView, RunView } from "@/domain/journal";
import { objectAt, textAt } from "@/domain/json";
import { isNodeState, type NodeState } from "@/domain/status";
import { tookOf } from "@/domain/timeline";
import { durationText } from "@/domain/words";
import { Attempts } from "./Attempts";
import type { RunOnShow } from "./RunPage";
import { ValueList } from "./RunValues";
import { useTitleOf } from "./runTitles";
import { useRunSearch } from "./useRunSearch";

type Invocation = NonNullable<RunNodeQuery["run"]>["invocations"]["edges"][number]["node"];

interface RunInspectorProps {
  readonly run: RunOnShow;
  readonly node: string;
  readonly live: LiveRun;
}

const TABS = [
  { id: "data", label: "Data" },
  { id: "attempts", label: "Attempts and cost" },
] as const;

/** One node of the run: what went in, what came out, and every try at it. */
export function RunInspector({ run, node, live }: RunInspectorProps) {
  const { index, tab, set } = useRunSearch();
  const titleOf = useTitleOf();
  const view = live.view?.nodes[node];
  const state: NodeState = view?.state ?? "queued";
  const place = index === undefined ? undefined : Number(index);
  const variables = { id: run.id, node, index: place === undefined ? null : [place], first: 1, after: null };
  const reading = useReading(RunNodeDocument, variables, { changes: ["run"] });
  const found = reading.kind === "ready" ? reading.data.run?.invocations.edges[0]?.node : undefined;
  // While another node is read the last one is still there.
  const invocation = found?.node === node ? found : undefined;
  const isReading = reading.kind === "loading" || (found !== undefined && invocation === undefined);
  const current = tab === "attempts" ? "attempts" : "data";
  return (
    <aside className="inspector" aria-label={`Node ${titleOf(node)}`}>
      <div className="inspector-head">
        <h2 className="ellipsis grow" title={node}>
          {titleOf(node)}
        </h2>
        <ActionIcon aria-label="Close" onClick={() => set({ node: "", index: "" })}>
          <IconX size={16} />
        </ActionIcon>
      </div>
      <div className="inspector-facts">
        <NodeFacts view={view} state={state} invocation={invocation} />
        {view?.total !== undefined && view.total > 0 && (
          <NumberInput
            label="Item"
            min={0}
            max={view.total - 1}
            value={place ?? ""}
            placeholder={`0 to ${view.total - 1}`}
            onChange={(value) => set({ index: value === "" ? "" : String(value) })}
          />
        )}
      </div>
      <Tabs label="Node" tabs={TABS} current={current} onChange={(id) => set({ tab: id })} />
      <div className="inspector-body">
        {isReading && <Loading />}
        {reading.kind === "failed" && (
          <Failure title="The node could not be read" onRetry={reading.again}>
            {reading.message}
          </Failure>
        )}
        {reading.kind === "ready" &&
          !isReading &&
          (invocation === undefined ? (
            <Passed run={run} node={node} live={live} otherwise={absence(state)} />
          ) : current === "data" ? (
            <InvocationData invocation={invocation} run={run.id} />
          ) : (
            <Attempts attempts={invocation.attempts} costUs={invocation.costUs ?? null} />
          ))}
      </div>
    </aside>
  );
}

function Took({ view }: { readonly view: NodeView | undefined }) {
  const now = useNow();
  const took = view === undefined ? undefined : tookOf(view, now);
  if (took === undefined) return <span className="muted">–</span>;
  return <span className="mono">{durationText(took)}</span>;
}

interface PassedProps extends RunInspectorProps {
  readonly otherwise: string;
}

/** Inputs and outputs of the graph are no calls: their values stand with the run. */
function Passed({ run, node, live, otherwise }: PassedProps) {
  const at = parseGraph(run.document).nodes[node];
  const values =
    at?.kind === "input" ? run.inputs : at?.kind === "output" ? (live.view?.outputs ?? run.outputs) : {};
  const name = textAt(at, "name") ?? "";
  const value = objectAt(values, name);
  if (!("media" in value)) return <p className="muted inspector-note">{otherwise}</p>;
  return (
    <ValueList
      title={at?.kind === "input" ? "What the run was given" : "What the run gave"}
      values={{ [name]: value }}
      run={run.id}
    />
  );
}

interface NodeFactsProps {
  readonly view: RunView["nodes"][string] | undefined;
  readonly state: NodeState;
  readonly invocation: Invocation | undefined;
}

function NodeFacts({ view, state, invocation }: NodeFactsProps) {
  const facts: [string, ReactNode][] = [
    ["State", <StatusMark key="state" status={state} />],
    ["Took", <Took key="took" view={view} />],
  ];
  if (view?.total !== undefined) {
    facts.push([
      "Items",
      `${view.done ?? 0} of ${view.total}${view.failed ? `, ${view.failed} failed` : ""}`,
    ]);
  }
  if (invocation?.version) {
    facts.push([
      "Version",
      <span key="v" className="mono">
        {invocation.version}
      </span>,
    ]);
  }
  if (invocation?.why) facts.push(["Why", <Reason key="why" why={invocation.why} />]);
  return <Facts facts={facts} />;
}

function Reason({ why }: { readonly why: NonNullable<Invocation["why"]> }) {
  return (
    <span>
      {why.message}
      {why.run && (
        <>
          {" "}
          <Link to="/runs/$runId" params={{ runId: why.run.id }}>
            That run
          </Link>
        </>
      )}
    </span>
  );
}

function absence(state: NodeState): string {
  if (state === "skipped") return "It was skipped, so it has neither inputs nor outputs.";
  if (state === "queued") return "It has not started yet.";
  return "It keeps no data of its own.";
}

function InvocationData({ invocation, run }: { readonly invocation: Invocation; readonly run: string }) {
  const state = isNodeState(invocation.state) ? invocation.state : "queued";
  return (
    <div className="column">
      {invocation.error !== null && invocation.error !== undefined && (
        <ValueList
          title="Error"
          values={{ error: { media: "json", bytes: 0, value: invocation.error } }}
          run={run}
        />
      )}
      <ValueList title="Inputs" values={invocation.inputs} run={run} />
      <ValueList
        title="Outputs"
        values={invocation.outputs}
        run={run}
        empty={state === "failed" ? "It failed before it gave any." : "None yet."}
      />
    </div>
  );
}
