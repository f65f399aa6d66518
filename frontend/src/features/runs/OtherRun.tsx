import { Select } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { RunsOfGraphDocument } from "@/api/generated/graphql";
import { useReading } from "@/api/useReading";
import { APPEARANCE } from "@/design/status";
import { lower } from "@/domain/status";
import { instantText } from "@/domain/words";
import type { ComparedRun } from "./ComparePage";

interface OtherRunProps {
  readonly name: "A" | "B";
  readonly graph: string;
  readonly run: ComparedRun | undefined;
  /** The run on the other side. */
  readonly but: string | undefined;
}

/** Chooses one side among the latest runs of the graph. */
export function OtherRun({ name, graph, run, but }: OtherRunProps) {
  const navigate = useNavigate({ from: "/runs/compare" });
  const reading = useReading(RunsOfGraphDocument, { graph }, { changes: ["run"] });
  const latest = reading.kind === "ready" ? reading.data.runs.edges.map(({ node }) => node) : [];
  const offered = run === undefined || latest.some(({ id }) => id === run.id) ? latest : [run, ...latest];
  return (
    <Select
      className="grow"
      aria-label={`Run ${name}`}
      placeholder="Choose a run"
      data={offered
        .filter(({ id }) => id !== but)
        .map(({ id, createdAt, status, revision }) => ({
          value: id,
          label: [
            instantText(createdAt),
            APPEARANCE[lower(status)].word.toLowerCase(),
            ...(revision ? [`r${revision.number}`] : []),
          ].join(" · "),
        }))}
      value={run?.id ?? null}
      onChange={(id) =>
        id !== null &&
        void navigate({
          search: (before) => ({ ...before, [name.toLowerCase()]: id }),
          replace: true,
        })
      }
    />
  );
}
