import { IconMessagePlus } from "@tabler/icons-react";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { Bump } from "@/design/Bump";
import { Digest } from "@/design/Digest";
import { Facts, Panel } from "@/design/Page";
import { StatusMark } from "@/design/StatusMark";
import { brief } from "@/domain/json";
import { countText } from "@/domain/words";
import { type Anchor, parseAnchor } from "./anchors";
import { CommentForm, CommentList } from "./Comments";
import type { ReviewViewProps } from "./ReviewPage";

const route = getRouteApi("/reviews/$reviewId");

export function OverviewTab({ review, onChanged }: ReviewViewProps) {
  const navigate = route.useNavigate();
  const go = (anchor: Anchor) => {
    if (anchor.kind !== "line") return;
    void navigate({ search: (before) => ({ ...before, tab: "files", file: anchor.file }) });
  };
  return (
    <div className="review">
      <div className="column">
        {review.message !== "" && (
          <Panel title={`What ${review.author.name} says`}>
            <p className="comment-body">{review.message}</p>
          </Panel>
        )}
        <Panel
          title="What changes in the contract"
          aside={review.base && <BaseVersion version={review.base.version} />}
          flush
        >
          <ContractDiff review={review} onChanged={onChanged} />
        </Panel>
        <Panel title="Conversation">
          <div className="column">
            <CommentList review={review} comments={review.comments} onChanged={onChanged} onGo={go} />
            <CommentForm review={review} anchor={{ kind: "review" }} onChanged={onChanged} />
          </div>
        </Panel>
      </div>
      <ReviewSide review={review} />
    </div>
  );
}

function BaseVersion({ version }: { readonly version: string }) {
  return (
    <span className="small muted">
      since <span className="mono">{version}</span>
    </span>
  );
}

function ContractDiff({ review, onChanged }: ReviewViewProps) {
  const [commenting, setCommenting] = useState<string>();
  if (review.contractDiff.length === 0) {
    return (
      <p className="muted reasons-none">
        {review.base
          ? "Nothing in the contract changed."
          : "This is the first version, so there is nothing to compare."}
      </p>
    );
  }
  return (
    <ul className="reasons">
      {review.contractDiff.map((reason) => {
        const key = `${reason.path} ${reason.message}`;
        const anchor: Anchor = { kind: "pointer", pointer: reason.path };
        const comments = review.comments.filter((comment) => {
          const at = parseAnchor(comment.anchor);
          return at.kind === "pointer" && at.pointer === reason.path;
        });
        return (
          <li key={key}>
            <Bump level={reason.level} />
            <div className="grow">
              <p>{reason.message}</p>
              <div className="row">
                <code className="mono muted">{reason.path}</code>
                {review.viewerMay.includes("comment") && (
                  <button
                    type="button"
                    className="tag push"
                    onClick={() => setCommenting(commenting === key ? undefined : key)}
                  >
                    <IconMessagePlus size={12} aria-hidden /> Comment
                  </button>
                )}
              </div>
              {reason.witness !== null && reason.witness !== undefined && (
                <p className="witness">
                  <span className="muted">For example</span>{" "}
                  <code className="mono">{brief(reason.witness, 240)}</code>
                </p>
              )}
              {comments.length > 0 && (
                <CommentList review={review} comments={comments} onChanged={onChanged} />
              )}
              {commenting === key && (
                <CommentForm
                  review={review}
                  anchor={anchor}
                  onChanged={onChanged}
                  onDone={() => setCommenting(undefined)}
                />
              )}
            </div>
          </li>
        );
      })}
    </ul>
  );
}

const VERDICTS: Readonly<Record<string, "approved" | "changes_requested">> = {
  approve: "approved",
  approved: "approved",
  request_changes: "changes_requested",
  changes_requested: "changes_requested",
};

function ReviewSide({ review }: { readonly review: ReviewViewProps["review"] }) {
  return (
    <div className="column">
      <Panel title="Checks">
        <ul className="checks">
          {review.checks.map((check) => (
            <li key={check.name}>
              <StatusMark
                status={check.result === "passed" ? "passed" : "failed"}
                iconOnly
                label={check.result}
              />
              <div>
                {check.name}
                <p className="small muted">{check.detail}</p>
              </div>
            </li>
          ))}
          {review.checks.length === 0 && <li className="muted">No check has run yet.</li>}
        </ul>
      </Panel>
      <Panel title="Verdicts">
        <ul className="checks">
          {review.verdicts.map((verdict) => (
            <li key={`${verdict.author.id} ${verdict.createdAt}`}>
              <div>
                <span className="row">
                  {verdict.author.name}
                  <StatusMark status={VERDICTS[verdict.verdict.toLowerCase()] ?? "open"} />
                </span>
                <p className="small muted">{verdict.message}</p>
              </div>
            </li>
          ))}
          {review.verdicts.length === 0 && (
            <li className="muted">Nobody has decided yet. An author never counts.</li>
          )}
        </ul>
      </Panel>
      <Panel title={`Touches ${countText(review.impact.length, "graph")}`}>
        <ul className="checks">
          {review.impact.map((graph) => (
            <li key={graph.id}>
              <Link to="/graphs/$graphId" params={{ graphId: graph.id }}>
                {graph.title}
              </Link>
              <span className="muted small">{graph.team.title}</span>
            </li>
          ))}
          {review.impact.length === 0 && <li className="muted">No graph uses this module yet.</li>}
        </ul>
      </Panel>
      <Panel title="What is approved">
        <Facts
          facts={[
            ["Bundle", <Digest key="bundle" value={review.version.bundle} />],
            ["Contract", <Digest key="contract" value={review.version.contractDigest} />],
            ["Owner", review.version.module.owner.title],
          ]}
        />
      </Panel>
    </div>
  );
}
