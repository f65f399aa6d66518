import { Button } from "@mantine/core";
import { IconCheck, IconHourglass, IconX } from "@tabler/icons-react";
import { DecideWaitDocument } from "@/api/generated/graphql";
import { useVerb } from "@/api/useVerb";
import { useNow } from "@/design/useNow";
import { bodyAt, nodeTitle, parseGraph } from "@/domain/graph";
import type { RunView, Wait } from "@/domain/journal";
import { textAt } from "@/domain/json";
import { durationText } from "@/domain/words";
import type { RunOnShow } from "./RunPage";

interface WaitCardsProps {
  readonly run: RunOnShow;
  readonly view: RunView;
}

export function WaitCards({ run, view }: WaitCardsProps) {
  return (view.waits ?? []).map((wait) => (
    <WaitCard key={`${wait.node}[${wait.index?.join() ?? ""}]`} run={run} wait={wait} />
  ));
}

function WaitCard({ run, wait }: { readonly run: RunOnShow; readonly wait: Wait }) {
  const now = useNow();
  const { busy, run: decide } = useVerb(DecideWaitDocument);
  const path = wait.node.split("/");
  const node = bodyAt(parseGraph(run.document), path.slice(0, -1)).nodes[path.at(-1) ?? ""];
  const title = node === undefined ? wait.node : nodeTitle(wait.node, node);
  const answer = (verdict: "APPROVED" | "REFUSED") =>
    void decide({
      input: { run: run.id, node: wait.node, index: wait.index ? [...wait.index] : null, verdict },
    });
  return (
    <section className="wait-card" aria-label={`Waiting for ${title}`}>
      <IconHourglass size={18} aria-hidden />
      <div className="grow">
        <strong>{title}</strong> {textAt(node, "prompt") ?? `waits for a ${wait.kind}.`}
        <p className="small muted">
          Until {durationText(Math.max(0, Date.parse(wait.due_at) - now))} from now.
        </p>
      </div>
      {wait.kind === "approval" && (
        <div className="row">
          <Button leftSection={<IconCheck size={14} />} loading={busy} onClick={() => answer("APPROVED")}>
            Approve
          </Button>
          <Button
            variant="default"
            leftSection={<IconX size={14} />}
            disabled={busy}
            onClick={() => answer("REFUSED")}
          >
            Refuse
          </Button>
        </div>
      )}
    </section>
  );
}
