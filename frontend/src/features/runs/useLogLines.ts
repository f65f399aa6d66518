import { useEffect, useState } from "react";
import { client } from "@/api/client";
import { RunLogsDocument, type RunLogsSubscription } from "@/api/generated/graphql";

export type LogLine = RunLogsSubscription["runLogs"]["lines"][number];

export interface LogLines {
  readonly lines: readonly LogLine[];
  /** The first line that is still kept. */
  readonly firstKept: number;
  readonly heard: boolean;
}

const NOTHING: LogLines = { lines: [], firstKept: 1, heard: false };
const KEPT_HERE = 20_000;

/** A run's log lines as they come, of one node or of all. */
export function useLogLines(run: string, node: string | undefined): LogLines {
  const [log, setLog] = useState(NOTHING);
  useEffect(() => {
    setLog(NOTHING);
    const variables = { run, after: 0, node: node ?? null };
    const { unsubscribe } = client.subscription(RunLogsDocument, variables).subscribe(({ data }) => {
      const frame = data?.runLogs;
      if (frame) setLog((before) => added(before, frame));
    });
    return unsubscribe;
  }, [run, node]);
  return log;
}

function added(before: LogLines, frame: RunLogsSubscription["runLogs"]): LogLines {
  const firstKept = frame.kind === "SNAPSHOT" ? Math.max(1, frame.from) : before.firstKept;
  const last = before.lines.at(-1)?.line ?? 0;
  const fresh = frame.lines.filter(({ line }) => line > last);
  if (fresh.length === 0 && before.heard && firstKept === before.firstKept) return before;
  return { lines: [...before.lines, ...fresh].slice(-KEPT_HERE), firstKept, heard: true };
}
