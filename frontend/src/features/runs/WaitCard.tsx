import { Button } from "@mantine/core";
import { IconCheck, IconHourglass, IconSend, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { DecideWaitDocument } from "@/api/generated/graphql";
import { useVerb } from "@/api/useVerb";
import { useNow } from "@/design/useNow";
import { indexText } from "@/domain/items";
import type { Wait } from "@/domain/journal";
import { durationText } from "@/domain/words";
import { ApproveDialog } from "./ApproveDialog";
import { useTitleOf } from "./runTitles";
import { SignalDialog } from "./SignalDialog";
import { useRunSearch } from "./useRunSearch";
import type { OpenWait } from "./WaitCards";

const WHAT: Readonly<Record<string, string>> = {
  timer: "waits for its time.",
  approval: "waits for an approval.",
  signal: "waits for a signal.",
};

interface WaitCardProps {
  readonly run: string;
  readonly wait: Wait;
  /** What the server says of it; undefined until it has. */
  readonly open: OpenWait | undefined;
  readonly trouble: string | undefined;
}

export function WaitCard({ run, wait, open, trouble }: WaitCardProps) {
  const now = useNow();
  const { set } = useRunSearch();
  const title = useTitleOf()(wait.node);
  const item = wait.index === undefined ? "" : ` · item ${wait.index.map((place) => place + 1).join(".")}`;
  const mayNot = wait.kind === "timer" ? undefined : (open?.viewerMayNot ?? trouble);
  return (
    <section className="wait-card" aria-label={`Waiting for ${title}${item}`}>
      <IconHourglass size={18} aria-hidden />
      <div className="grow">
        <strong>
          {title}
          {item}
        </strong>{" "}
        {open?.prompt ?? WHAT[wait.kind]}
        <p className="small muted">
          Until {durationText(Math.max(0, Date.parse(wait.due_at) - now))} from now.
          {open !== undefined && <Standing open={open} />}
          {mayNot !== undefined && mayNot !== null && ` ${mayNot}`}
        </p>
      </div>
      <div className="row">
        {wait.kind === "approval" && (
          <Button
            variant="default"
            onClick={() => set({ node: wait.node, index: indexText(wait.index ?? []), tab: "data" })}
          >
            Look at its data
          </Button>
        )}
        {open !== undefined && open.viewerMayNot === null && <Answers run={run} open={open} title={title} />}
      </div>
    </section>
  );
}

/** How far an approval by several has come. */
function Standing({ open: { count, decisions } }: { readonly open: OpenWait }) {
  if (count === null || count === undefined || (count < 2 && decisions.length === 0)) return null;
  const names = decisions.map(({ actorName }) => actorName).join(", ");
  return ` ${decisions.length} of ${count} have approved${names === "" ? "" : `: ${names}`}.`;
}

interface AnswersProps {
  readonly run: string;
  readonly open: OpenWait;
  readonly title: string;
}

function Answers({ run, open, title }: AnswersProps) {
  const [isAnswering, setAnswering] = useState(false);
  const { busy, run: decide } = useVerb(DecideWaitDocument);
  const { node, index, form } = open;
  if (open.kind === "SIGNAL") {
    return (
      <>
        <Button leftSection={<IconSend size={14} />} onClick={() => setAnswering(true)}>
          Send…
        </Button>
        {isAnswering && <SignalDialog run={run} open={open} onClose={() => setAnswering(false)} />}
      </>
    );
  }
  const hasForm = form !== null && form !== undefined;
  const answer = (verdict: "APPROVED" | "REFUSED") => void decide({ input: { run, node, index, verdict } });
  return (
    <>
      <Button
        leftSection={<IconCheck size={14} />}
        loading={busy}
        onClick={() => (hasForm ? setAnswering(true) : answer("APPROVED"))}
      >
        {hasForm ? "Approve…" : "Approve"}
      </Button>
      <Button
        variant="default"
        leftSection={<IconX size={14} />}
        disabled={busy}
        onClick={() => answer("REFUSED")}
      >
        Refuse
      </Button>
      {isAnswering && (
        <ApproveDialog run={run} open={open} title={title} onClose={() => setAnswering(false)} />
      )}
    </>
  );
}
