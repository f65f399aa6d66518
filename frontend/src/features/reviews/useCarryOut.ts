import { useState } from "react";
import {
  ApproveVersionDocument,
  CommentReviewDocument,
  ReleaseVersionDocument,
  RequestChangesDocument,
  SubmitVersionDocument,
  WithdrawReviewDocument,
} from "@/api/generated/graphql";
import { type Outcome, problemText } from "@/api/outcome";
import { useVerb } from "@/api/useVerb";
import { anchorDocument } from "./anchors";
import type { usePending } from "./pending";
import type { ReviewOnShow } from "./review";
import type { Verb } from "./verbs";

interface CarryingOut {
  readonly busy: boolean;
  /** Why the last try did nothing. */
  readonly refusal: string | undefined;
  readonly carryOut: (verb: Verb, expectedBundle: string, message: string) => Promise<boolean>;
  readonly forget: () => void;
}

/** Carries out a verb of a review for one bundle; kept comments follow a verdict that was taken. */
export function useCarryOut(review: ReviewOnShow, pending: ReturnType<typeof usePending>): CarryingOut {
  const [refusal, setRefusal] = useState<string>();
  const [busy, setBusy] = useState(false);
  const approve = useVerb(ApproveVersionDocument);
  const request = useVerb(RequestChangesDocument);
  const release = useVerb(ReleaseVersionDocument);
  const withdraw = useVerb(WithdrawReviewDocument);
  const submit = useVerb(SubmitVersionDocument);
  const comment = useVerb(CommentReviewDocument);
  const quiet = { quiet: true };

  const give = (verb: Verb, expectedBundle: string, message: string): Promise<Outcome<unknown>> => {
    switch (verb.id) {
      case "approve":
        return approve.run({ input: { review: review.id, expectedBundle, message: message || null } }, quiet);
      case "request_changes":
        return request.run({ input: { review: review.id, expectedBundle, message } }, quiet);
      case "release":
        return release.run(
          { input: { version: review.version.id, expectedBundle, reason: message || null } },
          quiet,
        );
      case "withdraw":
        return withdraw.run({ input: { review: review.id } }, quiet);
      case "submit":
        return submit.run({ input: { version: review.version.id, message: message || null } }, quiet);
    }
  };

  // What cannot be sent is said by the verb itself, and stays kept.
  const sendKept = async () => {
    for (const { id, anchor, body } of pending.list) {
      const came = await comment.run({ input: { review: review.id, body, anchor: anchorDocument(anchor) } });
      if (came.kind !== "done") return;
      pending.remove(id);
    }
  };

  const carryOut = async (verb: Verb, expectedBundle: string, message: string): Promise<boolean> => {
    setBusy(true);
    setRefusal(undefined);
    const came = await give(verb, expectedBundle, message);
    if (came.kind === "done" && verb.isVerdict === true) await sendKept();
    setBusy(false);
    if (came.kind === "done") return true;
    setRefusal(came.kind === "refused" ? problemText(came.problems) : came.message);
    return false;
  };

  return { busy, refusal, carryOut, forget: () => setRefusal(undefined) };
}
