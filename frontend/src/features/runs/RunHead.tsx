import { Button } from "@mantine/core";
import { IconPlayerSkipForward, IconPlayerStop, IconSitemap } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import { CancelRunDocument, ResumeRunDocument } from "@/api/generated/graphql";
import type { LiveRun } from "@/api/useRunFeed";
import { useVerb } from "@/api/useVerb";
import { ConnectionState } from "@/design/ConnectionState";
import { Counts } from "@/design/Counts";
import { Ago, Span } from "@/design/Instant";
import { StatusMark } from "@/design/StatusMark";
import { isTerminal, lower, type RunStatus } from "@/domain/status";
import { countStates } from "@/domain/timeline";
import { RootFailureCard } from "./RootFailureCard";
import type { RunOnShow } from "./RunPage";
import { WaitCards } from "./WaitCards";

/** What stands around a module on each rung, as the server's health page tells it. */
const RUNGS: readonly string[] = [
  "A plain process with limits",
  "A user of its own",
  "Landlock and seccomp",
  "Namespaces, Landlock and seccomp",
  "Namespaces, Landlock, seccomp and a memory cgroup",
];

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
        <span>
          took <Span from={run.startedAt ?? view?.created_at} to={view?.finished_at ?? run.finishedAt} />
        </span>
        {run.rung !== null && run.rung !== undefined && (
          <span title={RUNGS[run.rung]}>sandbox rung {run.rung}</span>
        )}
        {run.resumedFrom && (
          <span>
            resumed from{" "}
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
      {view !== undefined && <WaitCards run={run} view={view} />}
    </header>
  );
}

function RunActions({ run, status }: { readonly run: RunOnShow; readonly status: RunStatus }) {
  const cancel = useVerb(CancelRunDocument);
  const resume = useVerb(ResumeRunDocument);
  const navigate = useNavigate();
  const isOver = isTerminal(status);
  const goOn = async () => {
    const came = await resume.run({ input: { run: run.id, idempotencyKey: crypto.randomUUID() } });
    if (came.kind === "done") void navigate({ to: "/runs/$runId", params: { runId: came.done.run.id } });
  };
  return (
    <>
      {run.graph && (
        <Button
          variant="default"
          leftSection={<IconSitemap size={14} />}
          renderRoot={(props) => (
            <Link {...props} to="/graphs/$graphId" params={{ graphId: run.graph?.id ?? "" }} />
          )}
        >
          Open in the studio
        </Button>
      )}
      {!isOver && run.viewerMay.includes("cancel") && (
        <Button
          variant="default"
          color="red"
          leftSection={<IconPlayerStop size={14} />}
          loading={cancel.busy}
          disabled={status === "cancelling"}
          onClick={() => void cancel.run({ input: { run: run.id } })}
        >
          Cancel
        </Button>
      )}
      {isOver && status !== "succeeded" && run.viewerMay.includes("resume") && (
        <Button
          leftSection={<IconPlayerSkipForward size={14} />}
          loading={resume.busy}
          onClick={() => void goOn()}
          title="A new run that reuses what already succeeded"
        >
          Resume from failed
        </Button>
      )}
    </>
  );
}
