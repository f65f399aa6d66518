import { Textarea } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { SubmitVersionDocument } from "@/api/generated/graphql";
import { problemText } from "@/api/outcome";
import { useVerb } from "@/api/useVerb";
import { VerbDialog } from "@/design/VerbDialog";
import type { ModuleOnShow } from "./ModulePage";

interface AskForReviewProps {
  readonly name: string;
  readonly version: ModuleOnShow["versions"][number];
  readonly onClose: () => void;
}

export function AskForReview({ name, version, onClose }: AskForReviewProps) {
  const [message, setMessage] = useState("");
  const [trouble, setTrouble] = useState<string>();
  const { busy, run } = useVerb(SubmitVersionDocument);
  const navigate = useNavigate();
  const ask = async () => {
    const came = await run(
      { input: { version: version.id, message: message.trim() || null } },
      { quiet: true },
    );
    if (came.kind === "done") {
      void navigate({ to: "/reviews/$reviewId", params: { reviewId: came.done.review.id } });
      return;
    }
    setTrouble(came.kind === "refused" ? problemText(came.problems) : came.message);
  };
  return (
    <VerbDialog
      title={`Ask for review of ${name} ${version.version}`}
      action="Ask for review"
      busy={busy}
      trouble={trouble}
      onAct={() => void ask()}
      onClose={onClose}
    >
      <p className="muted">
        Reviewers of the team see it in their inbox. You can withdraw it while it is not released.
      </p>
      <Textarea
        label="What reviewers should know"
        value={message}
        onChange={(event) => setMessage(event.currentTarget.value)}
        autosize
        minRows={3}
        data-autofocus
      />
    </VerbDialog>
  );
}
