import { Link } from "@tanstack/react-router";
import { Bump } from "@/design/Bump";
import { Ago } from "@/design/Instant";
import { StatusMark } from "@/design/StatusMark";
import { lower } from "@/domain/status";
import { declaredStep } from "@/domain/versions";
import type { ReviewOnShow } from "./review";
import { nextStep } from "./standing";

export function ReviewHeading({ review }: { readonly review: ReviewOnShow }) {
  const { module, version, state } = review.version;
  const [team = "", name = ""] = module.name.split("/");
  const isPast = state === "RELEASED" || state === "DEPRECATED" || state === "YANKED";
  return (
    <span className="row wide wrap">
      <span>
        <Link to="/catalog/$team/$name" params={{ team, name }} search={{ version }} className="plain-link">
          {module.name}
        </Link>{" "}
        <span className="mono">{version}</span>
      </span>
      <StatusMark status={isPast ? lower(state) : lower(review.state)} size={16} />
    </span>
  );
}

interface ReviewLeadProps {
  readonly review: ReviewOnShow;
  readonly viewerId: string;
}

export function ReviewLead({ review, viewerId }: ReviewLeadProps) {
  const { version, base, bump } = review;
  const step = nextStep({
    state: lower(review.state),
    versionState: lower(version.state),
    viewerMay: review.viewerMay,
    isAuthor: review.author.id === viewerId || version.publishedBy?.id === viewerId,
    team: version.module.owner.title,
    number: version.version,
  });
  const declared = base ? declaredStep(base.version, version.version) : undefined;
  return (
    <span className="row wrap review-lead">
      <span>
        {review.author.name} opened it <Ago at={review.openedAt} />
      </span>
      {base && bump ? (
        <span className="row tight">
          <Bump level={bump.level} /> derived,{" "}
          {declared === undefined ? "" : <strong className="plain-word">{declared}</strong>} declared, since{" "}
          <span className="mono">{base.version}</span>
        </span>
      ) : (
        <span>first version</span>
      )}
      <span className="review-next">{step}</span>
    </span>
  );
}
