import { IconChecklist, IconMoodSmile } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { type HomeQuery, HomeWaitsDocument, type HomeWaitsQuery } from "@/api/generated/graphql";
import { useReading } from "@/api/useReading";
import { Ago } from "@/design/Instant";
import { Panel } from "@/design/Page";
import { StatusMark } from "@/design/StatusMark";
import type { RunSummary } from "@/domain/run";

type WaitingReview = HomeQuery["reviews"]["edges"][number]["node"];

type WaitingRun = HomeWaitsQuery["runs"]["edges"][number]["node"];

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

/** Runs that wait for an approval that the viewer may give. A signal is as a rule sent by a system. */
function useAsking() {
  const reading = useReading(HomeWaitsDocument, {}, { changes: ["run"] });
  const found = reading.kind === "ready" ? reading.data.runs : undefined;
  const waiting = found?.edges.map(({ node }) => node) ?? [];
  const asking = waiting.flatMap((run) => {
    const asks = run.openWaits.filter(
      ({ kind, viewerMayNot }) => kind === "APPROVAL" && viewerMayNot === null,
    );
    return asks.length === 0 ? [] : [{ run, asks }];
  });
  return {
    asking,
    isKnown: found !== undefined,
    areMore: found?.pageInfo.hasNextPage ?? false,
    trouble: reading.kind === "failed" ? reading.message : undefined,
  };
}

function asked(asks: WaitingRun["openWaits"]): string {
  const [first, ...others] = asks;
  const what = first?.prompt ?? `Waits for your approval at ${first?.node}`;
  return others.length === 0 ? what : `${what} (and ${others.length} more)`;
}

export function NeedsYou({ runs, reviews, hasMore }: NeedsYouProps) {
  const { asking, isKnown, areMore, trouble } = useAsking();
  const count = runs.length + reviews.length + asking.length;
  const tag = hasMore || areMore ? `${count}, and more` : count;
  return (
    <Panel title="Needs you" aside={count > 0 && <span className="tag">{tag}</span>} flush>
      {trouble !== undefined && (
        <p className="home-quiet">What waits for an answer could not be read: {trouble}</p>
      )}
      {areMore && (
        <p className="home-quiet">
          Only the newest runs that wait were looked at.{" "}
          <Link to="/runs" search={{ status: "waiting" }}>
            See all that wait
          </Link>
        </p>
      )}
      {count === 0 && isKnown && !areMore && (
        <p className="home-quiet row">
          <IconMoodSmile size={16} aria-hidden /> No failed runs, and nothing waits for you.
        </p>
      )}
      <ul className="needs">
        {asking.map(({ run, asks }) => (
          <li key={run.id}>
            <StatusMark status="waiting" iconOnly size={16} />
            <div className="grow">
              <Link to="/runs/$runId" params={{ runId: run.id }} className="table-link">
                {run.title}
              </Link>
              <div className="small muted ellipsis">
                {asked(asks)} · <Ago at={run.createdAt} />
              </div>
            </div>
          </li>
        ))}
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
