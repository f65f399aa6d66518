import { Button } from "@mantine/core";
import {
  IconArrowsDiff,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerSkipForward,
  IconPlayerStop,
  IconSitemap,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { CancelRunDocument, ContinueRunDocument, PauseRunDocument } from "@/api/generated/graphql";
import { useVerb } from "@/api/useVerb";
import { isTerminal, type RunStatus } from "@/domain/status";
import { ResumeDialog } from "./ResumeDialog";
import type { RunOnShow } from "./RunPage";

const PAUSABLE: ReadonlySet<RunStatus> = new Set(["running", "waiting"]);
const HALTED: ReadonlySet<RunStatus> = new Set(["paused", "quarantined"]);

/** What can be done with the whole run now. */
export function RunActions({ run, status }: { readonly run: RunOnShow; readonly status: RunStatus }) {
  const cancel = useVerb(CancelRunDocument);
  const pause = useVerb(PauseRunDocument);
  const proceed = useVerb(ContinueRunDocument);
  const [asks, setAsks] = useState(false);
  const isOver = isTerminal(status);
  return (
    <>
      {run.graph && (
        <Button
          variant="default"
          leftSection={<IconSitemap size={14} />}
          renderRoot={(props) => (
            <Link
              {...props}
              to="/graphs/$graphId"
              params={{ graphId: run.graph?.id ?? "" }}
              search={{ run: run.id }}
            />
          )}
        >
          Open in the studio
        </Button>
      )}
      {run.graph && isOver && (
        <Button
          variant="default"
          leftSection={<IconArrowsDiff size={14} />}
          renderRoot={(props) => <Link {...props} to="/runs/compare" search={{ a: run.id }} />}
        >
          Compare with…
        </Button>
      )}
      {run.viewerMay.includes("pause") && PAUSABLE.has(status) && (
        <Button
          variant="default"
          leftSection={<IconPlayerPause size={14} />}
          loading={pause.busy}
          onClick={() => void pause.run({ input: { run: run.id } })}
        >
          Pause
        </Button>
      )}
      {run.viewerMay.includes("continue") && HALTED.has(status) && (
        <Button
          leftSection={<IconPlayerPlay size={14} />}
          loading={proceed.busy}
          onClick={() => void proceed.run({ input: { run: run.id } })}
        >
          Let it go on
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
          onClick={() => setAsks(true)}
          title="A new run that takes over what was done"
        >
          Resume…
        </Button>
      )}
      {asks && <ResumeDialog run={run.id} onClose={() => setAsks(false)} />}
    </>
  );
}
