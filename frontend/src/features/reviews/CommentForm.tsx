import { Button, Textarea } from "@mantine/core";
import { useState } from "react";
import { CommentReviewDocument } from "@/api/generated/graphql";
import { useVerb } from "@/api/useVerb";
import { isSend } from "@/design/VerbDialog";
import { type Anchor, anchorDocument, anchorText } from "./anchors";
import { usePending } from "./pending";
import { mayJudge, type ReviewViewProps } from "./review";

interface CommentFormProps extends ReviewViewProps {
  readonly anchor: Anchor;
  readonly placeholder?: string;
  readonly onDone?: () => void;
}

/** Says something now, or keeps it for the verdict. Shown to those who may comment. */
export function CommentForm({ review, anchor, placeholder, onChanged, onDone }: CommentFormProps) {
  const [body, setBody] = useState("");
  const { busy, run } = useVerb(CommentReviewDocument);
  const pending = usePending(review.id);
  if (!review.viewerMay.includes("comment")) return null;
  const text = body.trim();
  const done = () => {
    setBody("");
    onDone?.();
  };
  const send = async () => {
    if (text === "" || busy) return;
    const came = await run({ input: { review: review.id, body: text, anchor: anchorDocument(anchor) } });
    if (came.kind !== "done") return;
    done();
    onChanged();
  };
  const keep = () => {
    pending.add(anchor, text);
    done();
  };
  return (
    <form
      className="column tight comment-form"
      onKeyDown={(event) => {
        if (isSend(event)) void send();
        if (event.key === "Escape" && text === "") onDone?.();
      }}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <Textarea
        aria-label={`Comment on ${anchorText(anchor)}`}
        placeholder={placeholder ?? `Comment on ${anchorText(anchor)}`}
        value={body}
        onChange={(event) => setBody(event.currentTarget.value)}
        autosize
        minRows={2}
        maxRows={16}
        autoFocus={onDone !== undefined}
      />
      <div className="row comment-verbs">
        {onDone !== undefined && (
          <Button variant="subtle" color="gray" onClick={onDone}>
            Cancel
          </Button>
        )}
        {mayJudge(review) && (
          <Button variant="subtle" disabled={text === "" || busy} onClick={keep}>
            Keep for my verdict
          </Button>
        )}
        <Button type="submit" loading={busy} disabled={text === ""} variant="default">
          Comment
        </Button>
      </div>
    </form>
  );
}
