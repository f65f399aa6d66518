import type { LiveRun } from "@/api/useRunFeed";
import { Tabs } from "@/design/Tabs";
import { LogTail } from "./LogTail";
import type { RunOnShow } from "./RunPage";
import { RunValues } from "./RunValues";
import { Timeline } from "./Timeline";
import { useRunSearch } from "./useRunSearch";

const TABS = [
  { id: "timeline", label: "Timeline" },
  { id: "logs", label: "Logs" },
  { id: "values", label: "Inputs and outputs" },
] as const;

interface RunPanesProps {
  readonly run: RunOnShow;
  readonly live: LiveRun;
}

export function RunPanes({ run, live }: RunPanesProps) {
  const { pane, node, set } = useRunSearch();
  return (
    <section className="run-panes" aria-label="Details of this run">
      <Tabs label="Details of this run" tabs={TABS} current={pane} onChange={(next) => set({ pane: next })} />
      {pane === "timeline" && (
        <Timeline
          live={live}
          startedAt={run.startedAt ?? undefined}
          selected={node}
          onSelect={(path) => set({ node: path, index: "" })}
        />
      )}
      {pane === "logs" && (
        <LogTail key={node ?? ""} run={run.id} node={node} onWiden={() => set({ node: "" })} />
      )}
      {pane === "values" && <RunValues run={run} view={live.view} />}
    </section>
  );
}
