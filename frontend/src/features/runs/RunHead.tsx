import { Link } from "@tanstack/react-router";
import type { LiveRun } from "@/api/useRunFeed";
import { ConnectionState } from "@/design/ConnectionState";
import { Counts } from "@/design/Counts";
import { Ago } from "@/design/Instant";
import { StatusMark } from "@/design/StatusMark";
import { isObject } from "@/domain/json";
import { standingText } from "@/domain/run";
import { isTerminal, lower } from "@/domain/status";
import { axisOf, countStates } from "@/domain/timeline";
import { durationText } from "@/domain/words";
import { DoubtCards } from "./DoubtCards";
import { RootFailureCard } from "./RootFailureCard";
import { RunActions } from "./RunActions";
import type { RunOnShow } from "./RunPage";
import { useRunNow } from "./useRunNow";
import { WaitCards } from "./WaitCards";

/** What stands around a module on each rung, as the server's health page tells it. */
const RUNGS: readonly string[] = [
  "A plain process with limits",
  "A user of its own",
  "Landlock and seccomp",
  "Namespaces, Landlock and seccomp",
  "Namespaces, Landlock, seccomp and a memory cgroup",
];

function isPart(options: unknown): boolean {
  return isObject(options) && ("upto" in options || "from" in options || "pins" in options);
}

/** Counted from its start, as the timeline is; what it waited before is told apart. */
function Took({ run, live }: RunHeadProps) {
  const now = useRunNow(live);
  const { view } = live;
  const until = view?.finished_at ?? run.finishedAt;
  const end = until === null || until === undefined ? now : Date.parse(until);
  const since = (instant: string) => (
    <span className="mono">{durationText(Math.max(0, end - Date.parse(instant)))}</span>
  );
  const { startedAt } = run;
  if (startedAt === null || startedAt === undefined)
    return (
      <span>
        in the queue for {since(run.createdAt)}
        {standingText(run.queuePosition, run.concurrencyGroup)}
      </span>
    );
  const axis = view === undefined ? undefined : axisOf(view, startedAt, now);
  const queued = axis?.queued ?? 0;
  return (
    <span>
      took {axis === undefined ? since(startedAt) : <span className="mono">{durationText(axis.end)}</span>}
      {queued > 0 && (
        <>
          {" "}
          after <span className="mono">{durationText(queued)}</span> in the queue
        </>
      )}
    </span>
  );
}

interface RunHeadProps {
  readonly run: RunOnShow;
  readonly live: LiveRun;
}

export function RunHead({ run, live }: RunHeadProps) {
  const { view } = live;
  const status = view?.status ?? lower(run.status);
  const counts = view === undefined ? run.counts : countStates(view);
  return (
    <header className="run-head">
      <div className="row wrap">
        <StatusMark status={status} size={18} />
        <h1 className="ellipsis">{run.title}</h1>
        {run.revision && <span className="tag mono">r{run.revision.number}</span>}
        {!isTerminal(status) && <ConnectionState freshness={live.freshness} />}
        <div className="row push">
          <RunActions run={run} status={status} />
        </div>
      </div>
      <div className="run-facts small muted">
        <span>
          by {run.actorName}, <Ago at={run.createdAt} />
        </span>
        <span>in {run.environment}</span>
        <Took run={run} live={live} />
        {run.rung !== null && run.rung !== undefined && (
          <span title={RUNGS[run.rung]}>sandbox rung {run.rung}</span>
        )}
        {isPart(run.options) && <span>a part of its graph</span>}
        {run.resumedFrom && (
          <span>
            takes over from{" "}
            <Link to="/runs/$runId" params={{ runId: run.resumedFrom.id }}>
              an earlier run
            </Link>
          </span>
        )}
        <span className="push">
          <Counts counts={counts} total={isTerminal(status) ? 0 : run.nodeCount} />
        </span>
      </div>
      {live.trouble !== undefined && (
        <p className="run-trouble" role="alert">
          {live.trouble}
        </p>
      )}
      {view !== undefined && <RootFailureCard view={view} />}
      {view !== undefined && <DoubtCards run={run} view={view} />}
      {view !== undefined && <WaitCards run={run} view={view} />}
    </header>
  );
}
