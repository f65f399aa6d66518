import { IconChecklist, IconMoodSmile } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { HomeQuery } from "@/api/generated/graphql";
import { Ago } from "@/design/Instant";
import { Panel } from "@/design/Page";
import { StatusMark } from "@/design/StatusMark";
import type { RunSummary } from "@/domain/run";

type WaitingReview = HomeQuery["reviews"]["edges"][number]["node"];

interface NeedsYouProps {
  readonly runs: readonly RunSummary[];
  /** Those whose next step is the viewer's. */
  readonly reviews: readonly WaitingReview[];
  /** There are more than these. */
  readonly hasMore: boolean;
}

/** Why it waits, where it is no verdict that it waits for. */
const WAITS_FOR: Partial<Record<WaitingReview["state"], string>> = {
  APPROVED: "approved, to be released: ",
  CHANGES_REQUESTED: "changes are asked for: ",
};

export function NeedsYou({ runs, reviews, hasMore }: NeedsYouProps) {
  const count = runs.length + reviews.length;
  const tag = hasMore ? `${count}, and more` : count;
  return (
    <Panel title="Needs you" aside={count > 0 && <span className="tag">{tag}</span>} flush>
      {count === 0 && (
        <p className="home-quiet row">
          <IconMoodSmile size={16} aria-hidden /> No failed runs, and no review waits for you.
        </p>
      )}
      <ul className="needs">
        {reviews.map((review) => (
          <li key={review.id}>
            <IconChecklist size={16} stroke={1.75} className="needs-icon" aria-hidden />
            <div className="grow">
              <Link to="/reviews/$reviewId" params={{ reviewId: review.id }} className="table-link">
                {review.version.module.name} <span className="mono">{review.version.version}</span>
              </Link>
              <div className="small muted">
                {WAITS_FOR[review.state]}
                {review.bump ? `${review.bump.level} change` : "first version"} by {review.author.name},{" "}
                <Ago at={review.openedAt} />
              </div>
            </div>
          </li>
        ))}
        {runs.map((run) => (
          <li key={run.id}>
            <StatusMark status={run.status} iconOnly size={16} />
            <div className="grow">
              <Link to="/runs/$runId" params={{ runId: run.id }} className="table-link">
                {run.title}
              </Link>
              <div className="small muted ellipsis">
                {run.error ?? "Ended without an answer"}, <Ago at={run.createdAt} />
              </div>
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
