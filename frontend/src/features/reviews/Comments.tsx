import { Avatar, Button, Textarea } from "@mantine/core";
import { useState } from "react";
import {
  CommentReviewDocument,
  ResolveCommentDocument,
  type ReviewFieldsFragment,
} from "@/api/generated/graphql";
import { useVerb } from "@/api/useVerb";
import { Ago } from "@/design/Instant";
import { initials } from "@/domain/words";
import { type Anchor, anchorDocument, anchorText, parseAnchor } from "./anchors";
import type { ReviewViewProps } from "./ReviewPage";

type Comment = ReviewFieldsFragment["comments"][number];

interface CommentListProps extends ReviewViewProps {
  readonly comments: readonly Comment[];
  readonly onGo?: (anchor: Anchor) => void;
}

export function CommentList({ review, comments, onChanged, onGo }: CommentListProps) {
  const resolve = useVerb(ResolveCommentDocument);
  const mayComment = review.viewerMay.includes("comment");
  const settle = async (comment: string) => {
    const came = await resolve.run({ input: { comment } });
    if (came.kind === "done") onChanged();
  };
  return (
    <ul className="comments">
      {comments.map((comment) => {
        const anchor = parseAnchor(comment.anchor);
        return (
          <li key={comment.id} className={comment.resolvedAt ? "comment-resolved" : undefined}>
            <Avatar size={24} color="accent" name={comment.author.name}>
              {initials(comment.author.name)}
            </Avatar>
            <div className="grow">
              <div className="row small muted">
                <strong>{comment.author.name}</strong> <Ago at={comment.createdAt} />
                {anchor.kind !== "review" && (
                  <button type="button" className="tag mono" onClick={() => onGo?.(anchor)}>
                    {anchorText(anchor)}
                  </button>
                )}
                {comment.resolvedAt ? (
                  <span className="push">Resolved</span>
                ) : (
                  mayComment && (
                    <Button
                      className="push"
                      size="compact-xs"
                      variant="subtle"
                      onClick={() => void settle(comment.id)}
                    >
                      Resolve
                    </Button>
                  )
                )}
              </div>
              <p className="comment-body">{comment.body}</p>
            </div>
          </li>
        );
      })}
    </ul>
  );
}

interface CommentFormProps extends ReviewViewProps {
  readonly anchor: Anchor;
  readonly onDone?: () => void;
}

export function CommentForm({ review, anchor, onChanged, onDone }: CommentFormProps) {
  const [body, setBody] = useState("");
  const { busy, run } = useVerb(CommentReviewDocument);
  if (!review.viewerMay.includes("comment")) return null;
  const send = async () => {
    const input = { review: review.id, body: body.trim(), anchor: anchorDocument(anchor) };
    const came = await run({ input });
    if (came.kind !== "done") return;
    setBody("");
    onChanged();
    onDone?.();
  };
  return (
    <form
      className="column tight"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <Textarea
        aria-label={`Comment on ${anchorText(anchor)}`}
        placeholder={anchor.kind === "review" ? "Comment on the whole" : `Comment on ${anchorText(anchor)}`}
        value={body}
        onChange={(event) => setBody(event.currentTarget.value)}
        autosize
        minRows={2}
        autoFocus={anchor.kind !== "review"}
      />
      <div className="row">
        <Button type="submit" loading={busy} disabled={body.trim() === ""} variant="default">
          Comment
        </Button>
        {onDone !== undefined && (
          <Button variant="subtle" onClick={onDone}>
            Cancel
          </Button>
        )}
      </div>
    </form>
  );
}
