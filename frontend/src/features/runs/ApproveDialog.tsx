import { useState } from "react";
import { DecideWaitDocument } from "@/api/generated/graphql";
import { useVerb } from "@/api/useVerb";
import { VerbDialog } from "@/design/VerbDialog";
import { readJson } from "@/domain/json";
import { AnswerForm } from "./AnswerForm";
import { refusalOf } from "./refusals";
import type { OpenWait } from "./WaitCards";

interface ApproveDialogProps {
  readonly run: string;
  readonly open: OpenWait;
  readonly title: string;
  readonly onClose: () => void;
}

/** Approves with what the graph asks to be filled in. */
export function ApproveDialog({ run, open, title, onClose }: ApproveDialogProps) {
  const [text, setText] = useState("{}");
  const [trouble, setTrouble] = useState<string>();
  const decide = useVerb(DecideWaitDocument);
  const { node, index } = open;
  const approve = async () => {
    const input = { run, node, index, verdict: "APPROVED" as const, form: readJson(text) };
    const refusal = refusalOf(await decide.run({ input }, { quiet: true }), "/form");
    if (refusal === undefined) onClose();
    else setTrouble(refusal);
  };
  return (
    <VerbDialog
      title={`${title}: approve`}
      action="Approve"
      busy={decide.busy}
      trouble={trouble}
      onAct={() => void approve()}
      onClose={onClose}
    >
      {open.prompt !== null && <p>{open.prompt}</p>}
      <AnswerForm label="With this" schema={open.form} text={text} onChange={setText} />
    </VerbDialog>
  );
}
