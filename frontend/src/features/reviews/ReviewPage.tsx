import { getRouteApi, Link } from "@tanstack/react-router";
import { ReviewDocument, type ReviewFieldsFragment } from "@/api/generated/graphql";
import { useReading } from "@/api/useReading";
import { Bump } from "@/design/Bump";
import { Ago } from "@/design/Instant";
import { Failure, Loading } from "@/design/Message";
import { NotThere } from "@/design/NotThere";
import { Page } from "@/design/Page";
import { StatusMark } from "@/design/StatusMark";
import { type Tab, Tabs } from "@/design/Tabs";
import { lower } from "@/domain/status";
import { Decide } from "./Decide";
import { FilesTab } from "./FilesTab";
import { HistoryTab } from "./HistoryTab";
import { OverviewTab } from "./OverviewTab";
import "./reviews.css";

const route = getRouteApi("/reviews/$reviewId");
const IDS = ["overview", "files", "history"] as const;
type TabId = (typeof IDS)[number];

export function ReviewPage() {
  const { reviewId } = route.useParams();
  const reading = useReading(ReviewDocument, { id: reviewId }, { changes: ["review", "version"] });
  if (reading.kind === "loading") return <Loading rows={8} />;
  if (reading.kind === "failed") {
    return (
      <Failure title="The review could not be read" onRetry={reading.again}>
        {reading.message}
      </Failure>
    );
  }
  const { review } = reading.data;
  return review ? <ReviewView review={review} onChanged={reading.again} /> : <NotThere what="review" />;
}

export interface ReviewViewProps {
  readonly review: ReviewFieldsFragment;
  readonly onChanged: () => void;
}

function ReviewView({ review, onChanged }: ReviewViewProps) {
  const { tab } = route.useSearch();
  const navigate = route.useNavigate();
  const current = IDS.find((id) => id === tab) ?? "overview";
  const { module, version } = review.version;
  const [team = "", name = ""] = module.name.split("/");
  const changed = review.files.filter(({ change }) => change !== "equal");
  const tabs: Tab<TabId>[] = [
    { id: "overview", label: "Overview", count: review.comments.length },
    { id: "files", label: "Source", count: changed.length },
    { id: "history", label: "History" },
  ];
  return (
    <Page
      title={`Review of ${module.name} ${version}`}
      heading={
        <span className="row wide">
          <span>
            <Link
              to="/catalog/$team/$name"
              params={{ team, name }}
              search={{ version }}
              className="plain-link"
            >
              {module.name}
            </Link>{" "}
            <span className="mono">{version}</span>
          </span>
          <StatusMark status={lower(review.state)} size={16} />
        </span>
      }
      lead={
        <span className="row tight wrap">
          {review.author.name} asks <Ago at={review.openedAt} />
          {review.bump ? (
            <>
              , a <Bump level={review.bump.level} /> change since{" "}
              <span className="mono">{review.bump.previous}</span>
            </>
          ) : (
            ", the first version"
          )}
          {review.bump?.needsAttestation === true && " · needs a reviewer’s attestation"}
        </span>
      }
      actions={<Decide review={review} onChanged={onChanged} />}
    >
      <Tabs
        label="About this review"
        tabs={tabs}
        current={current}
        onChange={(next) => void navigate({ search: (before) => ({ ...before, tab: next }), replace: true })}
      />
      {current === "overview" && <OverviewTab review={review} onChanged={onChanged} />}
      {current === "files" && <FilesTab review={review} onChanged={onChanged} />}
      {current === "history" && <HistoryTab review={review} onChanged={onChanged} />}
    </Page>
  );
}
