import { Button, TextInput } from "@mantine/core";
import { IconActivity, IconArrowsDiff, IconSearch } from "@tabler/icons-react";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { type RunStatus as ApiStatus, RunsDocument } from "@/api/generated/graphql";
import { useReading } from "@/api/useReading";
import { Empty, Failure, Loading } from "@/design/Message";
import { Page, Panel } from "@/design/Page";
import { RunTable } from "@/design/RunTable";
import { StatusMark } from "@/design/StatusMark";
import { runSummary } from "@/domain/run";
import { RUN_STATUSES, type RunStatus } from "@/domain/status";
import "./compare.css";
import "./runs.css";

const route = getRouteApi("/runs");
const PAGE = 50;
const MOST = 100;
const OFFERED: readonly RunStatus[] = [
  "running",
  "waiting",
  "queued",
  "succeeded",
  "failed",
  "timed_out",
  "cancelled",
];

export function RunsPage() {
  const { q = "", status = "", graph } = route.useSearch();
  const navigate = route.useNavigate();
  const [first, setFirst] = useState(PAGE);
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  const chosen = RUN_STATUSES.filter((each) => status.split(",").includes(each));
  const variables = {
    search: q,
    graph: graph ?? null,
    status: chosen.length === 0 ? null : chosen.map((each) => each.toUpperCase() as ApiStatus),
    first,
    after: null,
  };
  const reading = useReading(RunsDocument, variables, { changes: ["run"] });
  const set = (change: { q?: string; status?: string; graph?: string }) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  const toggle = (each: RunStatus) =>
    set({
      status: (chosen.includes(each) ? chosen.filter((other) => other !== each) : [...chosen, each]).join(),
    });
  const runs = reading.kind === "ready" ? reading.data.runs.edges.map(({ node }) => runSummary(node)) : [];
  /** Two at a time: a third takes the place of the first. */
  const mark = (run: string) =>
    setMarked((before) =>
      before.has(run)
        ? new Set([...before].filter((each) => each !== run))
        : new Set([...[...before].slice(-1), run]),
    );
  const isFiltered = q !== "" || chosen.length > 0 || graph !== undefined;
  return (
    <Page title="Runs" lead="Every run keeps the exact graph and versions it was started with.">
      <div className="row wrap">
        <TextInput
          aria-label="Search runs"
          placeholder="Search by graph or person"
          leftSection={<IconSearch size={14} />}
          value={q}
          onChange={(event) => set({ q: event.currentTarget.value })}
          w={260}
        />
        <fieldset className="filters">
          <legend className="visually-hidden">State</legend>
          {OFFERED.map((each) => (
            <button
              key={each}
              type="button"
              className="filter"
              aria-pressed={chosen.includes(each)}
              onClick={() => toggle(each)}
            >
              <StatusMark status={each} />
            </button>
          ))}
        </fieldset>
        {graph !== undefined && (
          <button type="button" className="tag" onClick={() => set({ graph: "" })}>
            one graph only ×
          </button>
        )}
        {isFiltered && (
          <Button variant="subtle" size="compact-xs" onClick={() => set({ q: "", status: "", graph: "" })}>
            Clear
          </Button>
        )}
      </div>
      {marked.size > 0 && <Marked runs={byAge([...marked], runs)} onClear={() => setMarked(new Set())} />}
      <Panel flush>
        {reading.kind === "loading" && <Loading rows={8} />}
        {reading.kind === "failed" && (
          <Failure title="The runs could not be read" onRetry={reading.again}>
            {reading.message}
          </Failure>
        )}
        {runs.length > 0 && <RunTable runs={runs} label="Runs" marked={marked} onMark={mark} />}
        {reading.kind === "ready" && runs.length === 0 && (
          <Empty icon={IconActivity} title={isFiltered ? "No run matches" : "Nothing has run yet"}>
            {isFiltered ? (
              "Clear a filter to see more."
            ) : (
              <>
                Start a graph from <Link to="/">Home</Link>, or press Ctrl Enter in one.
              </>
            )}
          </Empty>
        )}
      </Panel>
      {reading.kind === "ready" && reading.data.runs.pageInfo.hasNextPage && first < MOST && (
        <Button variant="default" onClick={() => setFirst(MOST)}>
          Show more
        </Button>
      )}
    </Page>
  );
}

/** The list has the newest first; what came before is compared with what came after. */
function byAge(marked: readonly string[], runs: readonly { readonly id: string }[]): readonly string[] {
  const place = (id: string) => runs.findIndex((run) => run.id === id);
  return [...marked].sort((one, other) => place(other) - place(one));
}

function Marked({
  runs: [a = "", b],
  onClear,
}: {
  readonly runs: readonly string[];
  readonly onClear: () => void;
}) {
  return (
    <div className="run-chosen" role="status">
      <span>{b === undefined ? "Mark another run to compare the two." : "Two runs are marked."}</span>
      <span className="row push">
        <Button variant="default" onClick={onClear}>
          Unmark
        </Button>
        {b !== undefined && (
          <Button
            leftSection={<IconArrowsDiff size={14} />}
            renderRoot={(props) => <Link {...props} to="/runs/compare" search={{ a, b }} />}
          >
            Compare
          </Button>
        )}
      </span>
    </div>
  );
}
