import { ActionIcon, Tooltip } from "@mantine/core";
import { IconArrowsExchange } from "@tabler/icons-react";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { ComparedRunDocument, type ComparedRunQuery } from "@/api/generated/graphql";
import { type Reading, useReading } from "@/api/useReading";
import { Ago, Span } from "@/design/Instant";
import { Failure, Loading } from "@/design/Message";
import { NotThere } from "@/design/NotThere";
import { Page } from "@/design/Page";
import { StatusMark } from "@/design/StatusMark";
import type { RunView } from "@/domain/journal";
import { nodeOutputs } from "@/domain/nodeOutputs";
import { compareRuns, type RunSide } from "@/domain/runComparison";
import { lower } from "@/domain/status";
import { Differences } from "./Differences";
import { OtherRun } from "./OtherRun";
import { TitlesProvider, titlesOf } from "./runTitles";
import { type Journal, useJournal } from "./useJournal";
import "./compare.css";

const route = getRouteApi("/runs/compare");

export type ComparedRun = NonNullable<ComparedRunQuery["run"]>;

/** Two runs beside each other; which ones stands in the address. */
export function ComparePage() {
  const { a = "", b = "" } = route.useSearch();
  const navigate = route.useNavigate();
  const one = useReading(ComparedRunDocument, { id: a }, { changes: ["run"], pause: a === "" });
  const other = useReading(ComparedRunDocument, { id: b }, { changes: ["run"], pause: b === "" });
  const runs = [runOf(one, a), runOf(other, b)] as const;
  const swap = () => void navigate({ search: { a: b, b: a }, replace: true });
  return (
    <Page
      title="Compare two runs"
      lead="What they were given, how they went, and where they parted first."
      actions={
        <Tooltip label="Swap the two">
          <ActionIcon aria-label="Swap the two" onClick={swap} disabled={a === "" || b === ""}>
            <IconArrowsExchange size={16} />
          </ActionIcon>
        </Tooltip>
      }
    >
      <div className="compared-sides">
        <Side name="A" id={a} reading={one} other={runs[1]} />
        <Side name="B" id={b} reading={other} other={runs[0]} />
      </div>
      {runs[0] !== undefined && runs[1] !== undefined && (
        <Compared key={`${a} ${b}`} a={runs[0]} b={runs[1]} />
      )}
    </Page>
  );
}

function runOf(reading: Reading<ComparedRunQuery>, id: string): ComparedRun | undefined {
  const run = reading.kind === "ready" ? reading.data.run : undefined;
  // While another one is read the last one is still there.
  return run?.id === id ? run : undefined;
}

interface SideProps {
  readonly name: "A" | "B";
  readonly id: string;
  readonly reading: Reading<ComparedRunQuery>;
  readonly other: ComparedRun | undefined;
}

function Side({ name, id, reading, other }: SideProps) {
  const run = runOf(reading, id);
  const graph = run?.graph?.id ?? other?.graph?.id;
  return (
    <section className="compared-side" aria-label={`Run ${name}`}>
      <div className="row">
        <span className="compared-letter">{name}</span>
        {graph !== undefined && <OtherRun name={name} graph={graph} run={run} but={other?.id} />}
      </div>
      {id !== "" && reading.kind === "loading" && <Loading rows={2} />}
      {reading.kind === "failed" && (
        <Failure title="The run could not be read" onRetry={reading.again}>
          {reading.message}
        </Failure>
      )}
      {id !== "" && reading.kind === "ready" && reading.data.run === null && <NotThere what="run" />}
      {id === "" && <p className="muted">Choose a run of the same graph.</p>}
      {run !== undefined && (
        <>
          <div className="row wrap">
            <StatusMark status={lower(run.status)} size={16} />
            <Link to="/runs/$runId" params={{ runId: run.id }} className="table-link">
              {run.title}
            </Link>
            {run.revision && <span className="tag mono">r{run.revision.number}</span>}
          </div>
          <p className="small muted">
            by {run.actorName}, <Ago at={run.createdAt} />, in {run.environment}, took{" "}
            <Span from={run.startedAt} to={run.finishedAt} />
          </p>
        </>
      )}
    </section>
  );
}

interface ComparedProps {
  readonly a: ComparedRun;
  readonly b: ComparedRun;
}

function sideOf(run: ComparedRun, journal: Journal): RunSide {
  const view = run.view as RunView;
  const outputs = journal.kind === "ready" ? nodeOutputs(journal.events) : undefined;
  const { document, lock, inputs, parameters } = run;
  return { document, lock, inputs, parameters, view, outputs };
}

function Compared({ a, b }: ComparedProps) {
  const [first, second] = [useJournal(a.id), useJournal(b.id)];
  const found = useMemo(() => compareRuns(sideOf(a, first), sideOf(b, second)), [a, b, first, second]);
  const titleOf = useMemo(() => {
    const [of, before] = [titlesOf(b.document), titlesOf(a.document)];
    return (path: string) => (of(path) === path ? before(path) : of(path));
  }, [a.document, b.document]);
  if (first.kind === "loading" || second.kind === "loading")
    return <Loading rows={8} label="Comparing the two" />;
  const failed = [first, second].find((journal) => journal.kind === "failed");
  return (
    <TitlesProvider value={titleOf}>
      {failed?.kind === "failed" && (
        <p className="run-error" role="alert">
          What the nodes gave could not be read: {failed.message}
        </p>
      )}
      <Differences a={a} b={b} found={found} isLong={[first, second].some(({ kind }) => kind === "long")} />
    </TitlesProvider>
  );
}
