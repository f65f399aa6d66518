import { useDocumentTitle } from "@mantine/hooks";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo } from "react";
import { RunPageDocument, type RunPageQuery } from "@/api/generated/graphql";
import { useReading } from "@/api/useReading";
import { useRunFeed } from "@/api/useRunFeed";
import { Failure } from "@/design/Message";
import { NotThere } from "@/design/NotThere";
import { RunComing } from "./RunComing";
import { RunGraph } from "./RunGraph";
import { RunHead } from "./RunHead";
import { RunInspector } from "./RunInspector";
import { RunPanes } from "./RunPanes";
import { TitlesProvider, titlesOf } from "./runTitles";
import { useRunSearch } from "./useRunSearch";
import "./runs.css";

const route = getRouteApi("/runs/$runId");

export function RunPage() {
  const { runId } = route.useParams();
  const reading = useReading(RunPageDocument, { id: runId }, { changes: ["run"] });
  if (reading.kind === "loading") return <RunComing />;
  if (reading.kind === "failed") {
    return (
      <Failure title="The run could not be read" onRetry={reading.again}>
        {reading.message}
      </Failure>
    );
  }
  const { run } = reading.data;
  if (run === null || run === undefined) return <NotThere what="run" />;
  return <RunView key={run.id} run={run} />;
}

export type RunOnShow = NonNullable<RunPageQuery["run"]>;

function RunView({ run }: { readonly run: RunOnShow }) {
  useDocumentTitle(`${run.title} · Run · Lamina`);
  const live = useRunFeed(run.id);
  const { node } = useRunSearch();
  const titleOf = useMemo(() => titlesOf(run.document), [run.document]);
  return (
    <TitlesProvider value={titleOf}>
      <div className={`run-page${live.freshness.kind === "stale" ? " run-stale" : ""}`}>
        <RunHead run={run} live={live} />
        <div className="run-body">
          <div className="run-work">
            <RunGraph run={run} live={live} />
            <RunPanes run={run} live={live} />
          </div>
          {node !== undefined && <RunInspector key={node} run={run} node={node} live={live} />}
        </div>
      </div>
    </TitlesProvider>
  );
}
