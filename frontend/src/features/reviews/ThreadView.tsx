import { ActionIcon, Avatar, Button } from "@mantine/core";
import { IconCheck, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { ResolveCommentDocument } from "@/api/generated/graphql";
import { useVerb } from "@/api/useVerb";
import { Inline } from "@/design/Inline";
import { Ago } from "@/design/Instant";
import { initials } from "@/domain/words";
import { anchorText } from "./anchors";
import { CommentForm } from "./CommentForm";
import { type Pending, usePending } from "./pending";
import type { Comment, ReviewViewProps } from "./review";
import type { Thread } from "./threads";

interface ThreadViewProps extends ReviewViewProps {
  readonly thread: Thread<Comment>;
}

/** What was said about one place, with an answer and a way to settle it. */
export function ThreadView({ review, thread, onChanged }: ThreadViewProps) {
  const [open, setOpen] = useState(!thread.isResolved);
  const [answering, setAnswering] = useState(false);
  const resolve = useVerb(ResolveCommentDocument);
  const may = review.viewerMay.includes("comment");
  const settle = async () => {
    for (const { id } of thread.comments.filter(({ resolvedAt }) => !resolvedAt)) {
      const came = await resolve.run({ input: { comment: id } });
      if (came.kind !== "done") break;
    }
    setOpen(false);
    onChanged();
  };
  if (thread.isResolved && !open) {
    const [first] = thread.comments;
    return (
      <button type="button" className="thread-settled" aria-expanded={false} onClick={() => setOpen(true)}>
        <IconCheck size={14} aria-hidden />
        <span>Resolved</span>
        <span className="ellipsis muted">
          {first?.author.name}: {first?.body}
        </span>
      </button>
    );
  }
  return (
    <div className="thread">
      <ul className="comments">
        {thread.comments.map((comment) => (
          <CommentView key={comment.id} comment={comment} bundle={review.version.bundle} />
        ))}
      </ul>
      {may && (
        <div className="thread-verbs">
          {answering ? (
            <CommentForm
              review={review}
              anchor={thread.anchor}
              placeholder="Answer"
              onChanged={onChanged}
              onDone={() => setAnswering(false)}
            />
          ) : (
            <div className="row">
              <Button size="compact-xs" variant="default" onClick={() => setAnswering(true)}>
                Answer
              </Button>
              {!thread.isResolved && (
                <Button
                  size="compact-xs"
                  variant="subtle"
                  loading={resolve.busy}
                  onClick={() => void settle()}
                >
                  Resolve
                </Button>
              )}
            </div>
          )}
        </div>
      )}
    </div>
  );
}

interface CommentViewProps {
  readonly comment: Comment;
  readonly bundle: string;
}

export function CommentView({ comment, bundle }: CommentViewProps) {
  return (
    <li className={comment.resolvedAt ? "comment-resolved" : undefined}>
      <Avatar size={24} color="accent" name={comment.author.name}>
        {initials(comment.author.name)}
      </Avatar>
      <div className="grow">
        <div className="row small muted">
          <strong>{comment.author.name}</strong> <Ago at={comment.createdAt} />
          {comment.bundle !== bundle && <span className="tag">on an earlier bundle</span>}
          {comment.resolvedAt && <span className="tag">resolved</span>}
        </div>
        <p className="comment-body">
          <Inline text={comment.body} />
        </p>
      </div>
    </li>
  );
}

interface PendingViewProps {
  readonly review: string;
  readonly list: readonly Pending[];
  readonly isPlaceShown?: boolean;
}

/** Comments of this viewer that nobody else sees yet. */
export function PendingView({ review, list, isPlaceShown = false }: PendingViewProps) {
  const { remove } = usePending(review);
  return (
    <ul className="comments">
      {list.map(({ id, body, anchor }) => (
        <li key={id}>
          <div className="grow comment-pending">
            <div className="row small muted">
              <span className="tag">Sent with your verdict</span>
              {isPlaceShown && <span className="mono ellipsis">{anchorText(anchor)}</span>}
              <ActionIcon
                className="push"
                size={20}
                aria-label="Drop this comment"
                onClick={() => remove(id)}
              >
                <IconX size={12} />
              </ActionIcon>
            </div>
            <p className="comment-body">
              <Inline text={body} />
            </p>
          </div>
        </li>
      ))}
    </ul>
  );
}
