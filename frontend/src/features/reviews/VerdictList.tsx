import { Inline } from "@/design/Inline";
import { Ago } from "@/design/Instant";
import { Panel } from "@/design/Page";
import { StatusMark } from "@/design/StatusMark";
import type { ReviewOnShow } from "./review";

/** How reviewers ended their look, newest first; a verdict on an earlier bundle no longer counts. */
export function VerdictList({ review }: { readonly review: ReviewOnShow }) {
  return (
    <Panel title="Verdicts">
      <ul className="review-list">
        {[...review.verdicts].reverse().map((verdict) => (
          <li key={`${verdict.author.id} ${verdict.createdAt}`}>
            <div className="row wrap">
              <strong>{verdict.author.name}</strong>
              <StatusMark status={verdict.verdict === "approve" ? "approved" : "changes_requested"} />
              <span className="small muted push">
                <Ago at={verdict.createdAt} />
              </span>
            </div>
            {verdict.message !== "" && (
              <p className="small muted comment-body">
                <Inline text={verdict.message} />
              </p>
            )}
            {verdict.bundle !== review.version.bundle && <span className="tag">on an earlier bundle</span>}
          </li>
        ))}
        {review.verdicts.length === 0 && (
          <li className="muted">Nobody has decided yet. An author never counts.</li>
        )}
      </ul>
    </Panel>
  );
}
