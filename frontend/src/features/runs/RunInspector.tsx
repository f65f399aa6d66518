import { ActionIcon } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { RunNodeDocument, type RunNodeQuery } from "@/api/generated/graphql";
import { useItems } from "@/api/useItems";
import { useReading } from "@/api/useReading";
import type { LiveRun } from "@/api/useRunFeed";
import { ItemList, ItemPicker } from "@/design/Items";
import { Failure, Loading } from "@/design/Message";
import { Tabs } from "@/design/Tabs";
import { indexText, parseIndex } from "@/domain/items";
import { isNodeState, type NodeState } from "@/domain/status";
import { Attempts } from "./Attempts";
import { NodeFacts } from "./NodeFacts";
import { absence, isCalledAt, Passed } from "./Passed";
import type { RunOnShow } from "./RunPage";
import { ValueList } from "./RunValues";
import { useTitleOf } from "./runTitles";
import { useAgain } from "./useAgain";
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
  useAgain(view, page.isLoading ? undefined : page.again);
  const isMany = view?.total !== undefined || page.items.some((item) => item.index.length > 0);
  const isWhole = isMany && place === undefined;
  const frame = useRef<HTMLElement>(null);
  // What had the focus is gone with the list, or with the item before: the keyboard stays in here.
  useEffect(() => {
    if (document.activeElement === document.body && index !== undefined) frame.current?.focus();
  }, [index]);
  const close = () => {
    document.querySelector<HTMLElement>(".timeline-selected")?.focus();
    set({ node: "", index: "" });
  };
  return (
    <aside
      className="inspector"
      ref={frame}
      tabIndex={-1}
      aria-label={`Node ${titleOf(node)}`}
      onKeyDown={(event) => event.key === "Escape" && !event.defaultPrevented && close()}
    >
      <div className="inspector-head">
        <h2 className="ellipsis grow" title={node}>
          {titleOf(node)}
        </h2>
        <ActionIcon aria-label="Close" onClick={close}>
          <IconX size={16} />
        </ActionIcon>
      </div>
      {place !== undefined && (
        <div className="inspector-item">
          <ItemPicker index={place} total={view?.total} onGo={(next) => set({ index: indexText(next) })} />
        </div>
      )}
      {page.isLoading ? (
        <Loading />
      ) : page.failed !== undefined ? (
        <Failure title="The node could not be read" onRetry={page.again}>
          {page.failed}
        </Failure>
      ) : isWhole ? (
        <>
          <div className="inspector-facts">
            <NodeFacts view={view} live={live} version={page.version} />
          </div>
          <div className="inspector-body inspector-items">
            {page.items.length === 0 ? (
              <p className="muted inspector-note">{absence({ run, node, live })}</p>
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
  useAgain(view, reading.kind === "ready" ? reading.again : undefined);
  const invocation = reading.kind === "ready" ? reading.data.run?.invocations.edges[0]?.node : undefined;
  const state = isNodeState(invocation?.state ?? "") ? (invocation?.state as NodeState) : undefined;
  const current = tab === "attempts" ? "attempts" : "data";
  return (
    <>
      <div className="inspector-facts">
        {isCalledAt(run, node) && (
          <NodeFacts
            view={view}
            live={live}
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
