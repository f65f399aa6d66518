import { Textarea } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { Digest } from "@/design/Digest";
import { Facts } from "@/design/Page";
import { VerbDialog } from "@/design/VerbDialog";
import { countText } from "@/domain/words";
import { usePending } from "./pending";
import type { ReviewViewProps } from "./review";
import { useCarryOut } from "./useCarryOut";
import type { Verb } from "./verbs";

interface VerdictDialogProps extends ReviewViewProps {
  readonly verb: Verb;
  readonly onClose: () => void;
}

/** Asks once more, for the bundle that was on the page when the dialog opened, and for no other. */
export function VerdictDialog({ verb, review, onChanged, onClose }: VerdictDialogProps) {
  const [message, setMessage] = useState("");
  const [bundle, setBundle] = useState(review.version.bundle);
  const pending = usePending(review.id);
  const { busy, refusal, carryOut, forget } = useCarryOut(review, pending);
  const text = message.trim();
  const now = review.version.bundle;
  const isOther = now !== bundle;
  const act = async () => {
    if (isOther) {
      setBundle(now);
      forget();
      return;
    }
    const isDone = await carryOut(verb, bundle, text);
    onChanged();
    if (!isDone) return;
    notifications.show({
      color: "teal",
      title: `${review.version.module.name} ${review.version.version}`,
      message: verb.done,
    });
    onClose();
  };
  const trouble = isOther ? (
    <>
      Nothing was recorded: the version now carries <Digest value={now} /> instead. Close this and look at
      what changed, or go on with the new bundle.
    </>
  ) : (
    refusal
  );
  return (
    <VerbDialog
      title={`${verb.label}: ${review.version.module.name} ${review.version.version}`}
      action={isOther ? "Use the new bundle" : verb.action}
      isDangerous={verb.isDangerous ?? false}
      busy={busy}
      isReady={isOther || verb.isMessageNeeded !== true || text !== ""}
      trouble={trouble}
      onAct={() => void act()}
      onClose={onClose}
    >
      <p className="muted">{verb.hint}</p>
      <Facts
        facts={[
          [
            "Bundle",
            <code key="bundle" className="mono review-digest">
              {bundle}
            </code>,
          ],
          ["Contract", <Digest key="contract" value={review.version.contractDigest} />],
        ]}
      />
      {verb.message !== undefined && (
        <Textarea
          label={verb.message}
          value={message}
          onChange={(event) => setMessage(event.currentTarget.value)}
          required={verb.isMessageNeeded ?? false}
          autosize
          minRows={3}
          maxRows={12}
          data-autofocus
        />
      )}
      {verb.isVerdict === true && pending.list.length > 0 && (
        <p className="small muted">
          {countText(pending.list.length, "comment")} that you kept will be sent with it.
        </p>
      )}
    </VerbDialog>
  );
}
