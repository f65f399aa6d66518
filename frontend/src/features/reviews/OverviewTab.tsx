import { IconArrowNarrowRight } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { Bump } from "@/design/Bump";
import { Digest } from "@/design/Digest";
import { Inline } from "@/design/Inline";
import { Facts, Panel } from "@/design/Page";
import { instantText } from "@/domain/words";
import { BlastRadius } from "./BlastRadius";
import { CheckList } from "./CheckList";
import { FileLine } from "./FileLine";
import type { ReviewOnShow, ReviewViewProps } from "./review";
import { VerdictList } from "./VerdictList";
import { isViewed, orderedFiles, useTicks } from "./viewed";

const FIRST_REASONS = 5;
const FIRST_FILES = 12;

export function OverviewTab({ review }: ReviewViewProps) {
  return (
    <div className="review">
      <div className="column">
        <Panel title={`What ${review.author.name} says`}>
          {review.message === "" ? (
            <p className="muted">Nothing was said with it.</p>
          ) : (
            <p className="comment-body">
              <Inline text={review.message} />
            </p>
          )}
        </Panel>
        <ContractSummary review={review} />
        <FileSummary review={review} />
      </div>
      <div className="column">
        <CheckList checks={review.checks} />
        <VerdictList review={review} />
        <BlastRadius review={review} />
        <Panel title="What an approval holds for">
          <Facts
            facts={[
              ["Bundle", <Digest key="bundle" value={review.version.bundle} />],
              ["Contract", <Digest key="contract" value={review.version.contractDigest} />],
              [
                "Published",
                `${instantText(review.version.publishedAt)} by ${review.version.publishedBy?.name ?? "the product"}`,
              ],
              ["Owner", review.version.module.owner.title],
            ]}
          />
        </Panel>
      </div>
    </div>
  );
}

interface PartProps {
  readonly review: ReviewOnShow;
}

function ContractSummary({ review }: PartProps) {
  const reasons = review.contractDiff;
  const more = (
    <Link
      to="/reviews/$reviewId"
      params={{ reviewId: review.id }}
      search={{ tab: "contract" }}
      className="row tight small"
    >
      {reasons.length > FIRST_REASONS ? `All ${reasons.length} changes` : "With witnesses"}
      <IconArrowNarrowRight size={14} aria-hidden />
    </Link>
  );
  return (
    <Panel
      title={
        <span className="row">
          What changes in the contract {review.bump && <Bump level={review.bump.level} />}
        </span>
      }
      aside={reasons.length > 0 && more}
      flush
    >
      {reasons.length === 0 && (
        <p className="muted reasons-none">
          {review.base
            ? `Nothing: it keeps the contract of ${review.base.version}.`
            : "It is the first version, so there is nothing to compare it with."}
        </p>
      )}
      <ul className="reasons">
        {reasons.slice(0, FIRST_REASONS).map((reason) => (
          <li key={`${reason.path} ${reason.message}`}>
            <Bump level={reason.level} />
            <div className="grow">
              <p>
                <Inline text={reason.message} />
              </p>
              <code className="mono muted small">{reason.path}</code>
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function FileSummary({ review }: PartProps) {
  const [ticks] = useTicks(review.id);
  const changed = orderedFiles(review.files).filter(({ change }) => change !== "equal");
  const seen = changed.filter((file) => isViewed(ticks, file)).length;
  return (
    <Panel
      title="What changes in the source"
      aside={
        changed.length > 0 && <span className="small muted">{`${seen} of ${changed.length} viewed`}</span>
      }
      flush
    >
      {changed.length === 0 && <p className="muted reasons-none">No file differs from the base.</p>}
      <ul className="file-lines">
        {changed.slice(0, FIRST_FILES).map((file) => (
          <li key={file.path}>
            <Link
              to="/reviews/$reviewId"
              params={{ reviewId: review.id }}
              search={{ tab: "source", file: file.path }}
            >
              <FileLine file={file} />
            </Link>
          </li>
        ))}
        {changed.length > FIRST_FILES && (
          <li className="small muted reasons-none">and {changed.length - FIRST_FILES} more in Source</li>
        )}
      </ul>
    </Panel>
  );
}
