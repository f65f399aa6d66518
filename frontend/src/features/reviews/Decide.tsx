import { Button, Modal, Textarea } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconArrowForwardUp, IconCheck, IconRocket } from "@tabler/icons-react";
import { useState } from "react";
import {
  ApproveVersionDocument,
  ReleaseVersionDocument,
  RequestChangesDocument,
  WithdrawReviewDocument,
} from "@/api/generated/graphql";
import { useVerb } from "@/api/useVerb";
import type { ReviewViewProps } from "./ReviewPage";

type Verdict = "approve" | "request_changes" | "release" | "withdraw";

const WORDS: Readonly<
  Record<Verdict, { readonly title: string; readonly action: string; readonly hint: string }>
> = {
  approve: {
    title: "Approve",
    action: "Approve",
    hint: "It holds for exactly this bundle. A new upload of the version takes it away again.",
  },
  request_changes: {
    title: "Request changes",
    action: "Request changes",
    hint: "Say what has to change before you would approve.",
  },
  release: {
    title: "Release",
    action: "Release for good",
    hint: "A released version never changes. Graphs with a matching range take it at their next lock.",
  },
  withdraw: { title: "Withdraw", action: "Withdraw the review", hint: "The version goes back to draft." },
};

/** The verdicts that this viewer may give, as the server says. */
export function Decide({ review, onChanged }: ReviewViewProps) {
  const [asking, setAsking] = useState<Verdict>();
  const may = new Set(review.viewerMay);
  return (
    <>
      {may.has("withdraw") && (
        <Button variant="default" onClick={() => setAsking("withdraw")}>
          Withdraw
        </Button>
      )}
      {may.has("request_changes") && (
        <Button
          variant="default"
          leftSection={<IconArrowForwardUp size={14} />}
          onClick={() => setAsking("request_changes")}
        >
          Request changes
        </Button>
      )}
      {may.has("approve") && (
        <Button leftSection={<IconCheck size={14} />} onClick={() => setAsking("approve")}>
          Approve
        </Button>
      )}
      {may.has("release") && (
        <Button leftSection={<IconRocket size={14} />} onClick={() => setAsking("release")}>
          Release
        </Button>
      )}
      {asking !== undefined && (
        <VerdictDialog
          verdict={asking}
          review={review}
          onChanged={onChanged}
          onClose={() => setAsking(undefined)}
        />
      )}
    </>
  );
}

interface VerdictDialogProps extends ReviewViewProps {
  readonly verdict: Verdict;
  readonly onClose: () => void;
}

function VerdictDialog({ verdict, review, onChanged, onClose }: VerdictDialogProps) {
  const [message, setMessage] = useState("");
  const approve = useVerb(ApproveVersionDocument);
  const request = useVerb(RequestChangesDocument);
  const release = useVerb(ReleaseVersionDocument);
  const withdraw = useVerb(WithdrawReviewDocument);
  const expectedBundle = review.version.bundle;
  const text = message.trim();
  const words = WORDS[verdict];
  const give = () => {
    switch (verdict) {
      case "approve":
        return approve.run({ input: { review: review.id, expectedBundle, message: text || null } });
      case "request_changes":
        return request.run({ input: { review: review.id, expectedBundle, message: text } });
      case "release":
        return release.run({ input: { version: review.version.id, expectedBundle, reason: text || null } });
      case "withdraw":
        return withdraw.run({ input: { review: review.id } });
    }
  };
  const act = async () => {
    const came = await give();
    if (came.kind !== "done") return;
    notifications.show({
      color: "teal",
      message: `${review.version.module.name} ${review.version.version}: done.`,
    });
    onChanged();
    onClose();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={`${words.title} ${review.version.module.name} ${review.version.version}`}
    >
      <form
        className="column"
        onSubmit={(event) => {
          event.preventDefault();
          void act();
        }}
      >
        <p className="muted">{words.hint}</p>
        {verdict !== "withdraw" && (
          <Textarea
            label={verdict === "release" ? "Reason" : "Message"}
            value={message}
            onChange={(event) => setMessage(event.currentTarget.value)}
            required={verdict === "request_changes"}
            autosize
            minRows={2}
            data-autofocus
          />
        )}
        <div className="row">
          <Button
            type="submit"
            loading={approve.busy || request.busy || release.busy || withdraw.busy}
            disabled={verdict === "request_changes" && text === ""}
          >
            {words.action}
          </Button>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </form>
    </Modal>
  );
}
