import { ActionIcon } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { RunNodeDocument, type RunNodeQuery } from "@/api/generated/graphql";
import { useItems } from "@/api/useItems";
import { useReading } from "@/api/useReading";
import type { LiveRun } from "@/api/useRunFeed";
import { ItemList, ItemPicker } from "@/design/Items";
import { Failure, Loading } from "@/design/Message";
import { Tabs } from "@/design/Tabs";
import { bodyAt, type NodeKind, parseGraph } from "@/domain/graph";
import { indexText, parseIndex } from "@/domain/items";
import { objectAt, textAt } from "@/domain/json";
import { isNodeState, isTerminal, type NodeState } from "@/domain/status";
import { Attempts } from "./Attempts";
import { NodeFacts } from "./NodeFacts";
import type { RunOnShow } from "./RunPage";
import { ValueList } from "./RunValues";
import { useTitleOf } from "./runTitles";
import { useRunSearch } from "./useRunSearch";

export type Invocation = NonNullable<RunNodeQuery["run"]>["invocations"]["edges"][number]["node"];

interface RunInspectorProps {
  readonly run: RunOnShow;
  readonly node: string;
  readonly live: LiveRun;
}

const TABS = [
  { id: "data", label: "Data" },
  { id: "attempts", label: "Attempts and cost" },
] as const;

/** One node of the run: what went in, what came out, and every try at it; or all of its items. */
export function RunInspector({ run, node, live }: RunInspectorProps) {
  const { index, set } = useRunSearch();
  const titleOf = useTitleOf();
  const view = live.view?.nodes[node];
  const place = parseIndex(index);
  const page = useItems(run.id, node);
  const isMany = view?.total !== undefined || page.items.some((item) => item.index.length > 0);
  const isWhole = isMany && place === undefined;
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
      {page.isLoading ? (
        <Loading />
      ) : page.failed !== undefined ? (
        <Failure title="The node could not be read" onRetry={page.again}>
          {page.failed}
        </Failure>
      ) : isWhole ? (
        <>
          <div className="inspector-facts">
            <NodeFacts view={view} version={page.version} />
          </div>
          <div className="inspector-body inspector-items">
            {page.items.length === 0 ? (
              <p className="muted inspector-note">{absence(run, node, live)}</p>
            ) : (
              <ItemList {...page} onOpen={(next) => set({ index: indexText(next) })} />
            )}
          </div>
        </>
      ) : (
        <OneCall key={indexText(place)} run={run} node={node} live={live} />
      )}
    </aside>
  );
}

/** A single call: the only one of its node, or the item that was chosen. */
function OneCall({ run, node, live }: RunInspectorProps) {
  const { index, tab, set } = useRunSearch();
  const view = live.view?.nodes[node];
  const place = parseIndex(index);
  const variables = {
    id: run.id,
    node,
    index: place === undefined ? null : [...place],
    first: 1,
    after: null,
  };
  const reading = useReading(RunNodeDocument, variables, { changes: ["run"] });
  const invocation = reading.kind === "ready" ? reading.data.run?.invocations.edges[0]?.node : undefined;
  const state = isNodeState(invocation?.state ?? "") ? (invocation?.state as NodeState) : undefined;
  const current = tab === "attempts" ? "attempts" : "data";
  return (
    <>
      <div className="inspector-facts">
        {place !== undefined && (
          <ItemPicker index={place} total={view?.total} onGo={(next) => set({ index: indexText(next) })} />
        )}
        {isCalled(kindAt(run, node)) && (
          <NodeFacts
            view={view}
            version={invocation?.version ?? undefined}
            invocation={invocation}
            {...(place === undefined ? {} : { item: state ?? "queued" })}
          />
        )}
      </div>
      <Tabs label="Node" tabs={TABS} current={current} onChange={(id) => set({ tab: id })} />
      <div className="inspector-body">
        {reading.kind === "loading" && <Loading />}
        {reading.kind === "failed" && (
          <Failure title="The node could not be read" onRetry={reading.again}>
            {reading.message}
          </Failure>
        )}
        {reading.kind === "ready" &&
          (invocation === undefined ? (
            <Passed run={run} node={node} live={live} />
          ) : current === "data" ? (
            <InvocationData invocation={invocation} run={run.id} />
          ) : (
            <Attempts
              attempts={invocation.attempts}
              costUs={invocation.costUs ?? null}
              isShared={place !== undefined && invocation.attempts.length === 0}
            />
          ))}
      </div>
    </>
  );
}

/** Inputs and outputs of the graph are no calls: their values stand with the run. */
function Passed({ run, node, live }: RunInspectorProps) {
  const at = parseGraph(run.document).nodes[node];
  const values =
    at?.kind === "input" ? run.inputs : at?.kind === "output" ? (live.view?.outputs ?? run.outputs) : {};
  const name = textAt(at, "name") ?? "";
  const value = objectAt(values, name);
  if (!("media" in value)) return <p className="muted inspector-note">{absence(run, node, live)}</p>;
  return (
    <ValueList
      title={at?.kind === "input" ? "What the run was given" : "What the run gave"}
      values={{ [name]: value }}
      run={run.id}
    />
  );
}

/** Why there is nothing to look at. */
function absence(run: RunOnShow, node: string, live: LiveRun): string {
  const kind = kindAt(run, node);
  if (kind === undefined) return "The graph of this run has no such node.";
  if (!isCalled(kind)) return "It is no call: it has no data of its own.";
  const state = live.view?.nodes[node]?.state;
  if (state === "skipped") return "It was skipped, so it has neither inputs nor outputs.";
  if (state !== undefined && state !== "queued") return "It keeps no data of its own.";
  return isTerminal(live.view?.status ?? "queued")
    ? "The run ended before it was reached."
    : "It has not started yet.";
}

function kindAt(run: RunOnShow, node: string): NodeKind | undefined {
  const path = node.split("/");
  return bodyAt(parseGraph(run.document), path.slice(0, -1)).nodes[path.at(-1) ?? ""]?.kind;
}

/** Inputs, outputs and constants only hand values on. */
function isCalled(kind: NodeKind | undefined): boolean {
  return kind !== undefined && kind !== "input" && kind !== "output" && kind !== "constant";
}

function InvocationData({ invocation, run }: { readonly invocation: Invocation; readonly run: string }) {
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
        empty={invocation.state === "failed" ? "It failed before it gave any." : "None yet."}
      />
    </div>
  );
}
