import { Button } from "@mantine/core";
import { IconMessagePlus } from "@tabler/icons-react";
import { useState } from "react";
import { type Anchor, anchorKey } from "./anchors";
import { CommentForm } from "./CommentForm";
import { usePending } from "./pending";
import type { ReviewViewProps } from "./review";
import { PendingView, ThreadView } from "./ThreadView";
import { threadsOf } from "./threads";

interface PointerTalkProps extends ReviewViewProps {
  readonly pointer: string;
}

/** What is said about one place of the contract, and a way to say more. */
export function PointerTalk({ review, pointer, onChanged }: PointerTalkProps) {
  const [writing, setWriting] = useState(false);
  const { list } = usePending(review.id);
  const anchor: Anchor = { kind: "pointer", pointer };
  const key = anchorKey(anchor);
  const thread = threadsOf(review.comments).find((each) => each.key === key);
  const kept = list.filter((each) => anchorKey(each.anchor) === key);
  return (
    <>
      {thread !== undefined && <ThreadView review={review} thread={thread} onChanged={onChanged} />}
      {kept.length > 0 && <PendingView review={review.id} list={kept} />}
      {thread === undefined && review.viewerMay.includes("comment") && !writing && (
        <Button
          className="pointer-comment"
          size="compact-xs"
          variant="subtle"
          color="gray"
          leftSection={<IconMessagePlus size={14} aria-hidden />}
          aria-label={`Comment on ${pointer}`}
          onClick={() => setWriting(true)}
        >
          Comment
        </Button>
      )}
      {writing && (
        <CommentForm review={review} anchor={anchor} onChanged={onChanged} onDone={() => setWriting(false)} />
      )}
    </>
  );
}
