import { IconMessages } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { Empty } from "@/design/Message";
import { Panel } from "@/design/Page";
import { type Anchor, anchorKey, anchorText, WHOLE } from "./anchors";
import { CommentForm } from "./CommentForm";
import { usePending } from "./pending";
import type { ReviewViewProps } from "./review";
import { PendingView, ThreadView } from "./ThreadView";
import { threadsOf } from "./threads";
import { VerdictList } from "./VerdictList";

/** Everything that was said, by place; what is settled stands below. */
export function DiscussionTab({ review, onChanged }: ReviewViewProps) {
  const threads = threadsOf(review.comments);
  const ordered = [...threads].sort((a, b) => Number(a.isResolved) - Number(b.isResolved));
  const { list } = usePending(review.id);
  const isQuiet = threads.length === 0 && list.length === 0;
  return (
    <div className="review">
      <div className="column">
        {isQuiet && (
          <Panel>
            <Empty icon={IconMessages} title="Nobody has said anything yet">
              Comment on a line in Source, on a change in Contract, or on the whole right here.
            </Empty>
          </Panel>
        )}
        {ordered.map((thread) => (
          <Panel key={thread.key} title={<PlaceLink reviewId={review.id} anchor={thread.anchor} />}>
            <ThreadView review={review} thread={thread} onChanged={onChanged} />
          </Panel>
        ))}
        {list.length > 0 && (
          <Panel title="Kept for your verdict">
            <PendingView review={review.id} list={list} isPlaceShown />
          </Panel>
        )}
        {review.viewerMay.includes("comment") && !threads.some(({ key }) => key === anchorKey(WHOLE)) && (
          <Panel title="Comment on the whole">
            <CommentForm review={review} anchor={WHOLE} onChanged={onChanged} />
          </Panel>
        )}
      </div>
      <div className="column">
        <VerdictList review={review} />
      </div>
    </div>
  );
}

interface PlaceLinkProps {
  readonly reviewId: string;
  readonly anchor: Anchor;
}

function PlaceLink({ reviewId, anchor }: PlaceLinkProps) {
  switch (anchor.kind) {
    case "review":
      return "The whole";
    case "line":
      return (
        <Link
          to="/reviews/$reviewId"
          params={{ reviewId }}
          search={{ tab: "source", file: anchor.file, line: String(anchor.line) }}
          className="mono"
        >
          {anchorText(anchor)}
        </Link>
      );
    case "pointer":
      return (
        <Link
          to="/reviews/$reviewId"
          params={{ reviewId }}
          search={{ tab: "contract", at: anchor.pointer }}
          className="mono"
        >
          {anchorText(anchor)}
        </Link>
      );
  }
}
