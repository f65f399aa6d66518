import { Link } from "@tanstack/react-router";
import type { ReviewRowFragment } from "@/api/generated/graphql";
import { Bump } from "@/design/Bump";
import { Ago } from "@/design/Instant";
import { StatusMark } from "@/design/StatusMark";
import { worstResult } from "@/domain/checks";
import { lower } from "@/domain/status";
import { countText } from "@/domain/words";

export function ReviewTable({ reviews }: { readonly reviews: readonly ReviewRowFragment[] }) {
  return (
    <table className="table reviews-table" aria-label="Reviews">
      <thead>
        <tr>
          <th>Version</th>
          <th>State</th>
          <th>Change</th>
          <th>Checks</th>
          <th>Author</th>
          <th className="end">Opened</th>
        </tr>
      </thead>
      <tbody>
        {reviews.map((review) => (
          <ReviewLine key={review.id} review={review} />
        ))}
      </tbody>
    </table>
  );
}

function ReviewLine({ review }: { readonly review: ReviewRowFragment }) {
  const { version, bump, base } = review;
  return (
    <tr>
      <td>
        <Link to="/reviews/$reviewId" params={{ reviewId: review.id }} className="table-link">
          {version.module.name} <span className="mono">{version.version}</span>
        </Link>
        {review.message !== "" && <div className="ellipsis small muted">{review.message}</div>}
      </td>
      <td>
        <StatusMark status={version.state === "RELEASED" ? "released" : lower(review.state)} />
      </td>
      <td>
        {bump ? (
          <span className="row">
            <Bump level={bump.level} />
            <span className="small muted">
              from <span className="mono">{base?.version}</span>
              {bump.needsAttestation && ", undecided"}
            </span>
          </span>
        ) : (
          <span className="muted">first version</span>
        )}
      </td>
      <td>
        <CheckMark results={review.checks.map(({ result }) => result)} />
      </td>
      <td>{review.author.name}</td>
      <td className="end muted">
        <Ago at={review.openedAt} />
      </td>
    </tr>
  );
}

function CheckMark({ results }: { readonly results: readonly string[] }) {
  const worst = worstResult(results);
  if (worst === undefined) return <span className="muted">none</span>;
  const not = results.filter((result) => result !== "passed").length;
  const label =
    worst === "passed" ? `${results.length} passed` : `${not} of ${countText(results.length, "check")}`;
  return <StatusMark status={worst} label={worst === "passed" ? label : `${label} ${worst}`} />;
}
