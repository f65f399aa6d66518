import { getRouteApi } from "@tanstack/react-router";
import { useEffect } from "react";
import { ReviewDocument } from "@/api/generated/graphql";
import { useReading } from "@/api/useReading";
import { Failure } from "@/design/Message";
import { NotThere } from "@/design/NotThere";
import { Page } from "@/design/Page";
import { type Tab, Tabs } from "@/design/Tabs";
import { BundleWatch } from "./BundleWatch";
import { ContractTab } from "./ContractTab";
import { DiscussionTab } from "./DiscussionTab";
import { CodeDiff } from "./FileView";
import { HistoryTab } from "./HistoryTab";
import { OverviewTab } from "./OverviewTab";
import { ReviewComing } from "./ReviewComing";
import { ReviewHeading, ReviewLead } from "./ReviewHead";
import type { ReviewViewProps } from "./review";
import { SourceTab } from "./SourceTab";
import { threadsOf, unresolvedCount } from "./threads";
import { Verdicts } from "./Verdicts";
import "./reviews.css";

const route = getRouteApi("/reviews/$reviewId");
const TABS = ["overview", "contract", "source", "discussion", "history"] as const;
type TabId = (typeof TABS)[number];

export function ReviewPage() {
  const { reviewId } = route.useParams();
  const { tab } = route.useSearch();
  useEffect(() => void CodeDiff.fetch(), []);
  const reading = useReading(ReviewDocument, { id: reviewId }, { changes: ["review", "version"] });
  if (reading.kind === "loading") return <ReviewComing isOverview={(tab ?? "overview") === "overview"} />;
  if (reading.kind === "failed") {
    return (
      <Page title="Review">
        <Failure title="The review could not be read" onRetry={reading.again}>
          {reading.message}
        </Failure>
      </Page>
    );
  }
  const { review, viewer } = reading.data;
  if (!review) return <NotThere what="review" />;
  return <ReviewView key={review.id} review={review} viewerId={viewer?.id ?? ""} onChanged={reading.again} />;
}

interface ViewProps extends ReviewViewProps {
  readonly viewerId: string;
}

function ReviewView({ review, viewerId, onChanged }: ViewProps) {
  const { tab } = route.useSearch();
  const navigate = route.useNavigate();
  const current = TABS.find((id) => id === tab) ?? "overview";
  const threads = threadsOf(review.comments);
  const changed = review.files.filter(({ change }) => change !== "equal").length;
  const tabs: Tab<TabId>[] = [
    { id: "overview", label: "Overview" },
    { id: "contract", label: "Contract", count: shownCount(review.contractDiff.length) },
    { id: "source", label: "Source", count: shownCount(changed) },
    { id: "discussion", label: "Discussion", count: shownCount(unresolvedCount(threads)) },
    { id: "history", label: "History" },
  ];
  const parts = { review, onChanged };
  return (
    <Page
      title={`Review of ${review.version.module.name} ${review.version.version}`}
      heading={<ReviewHeading review={review} />}
      lead={<ReviewLead review={review} viewerId={viewerId} />}
      actions={<Verdicts {...parts} />}
    >
      <BundleWatch bundle={review.version.bundle} />
      <Tabs
        label="About this review"
        tabs={tabs}
        current={current}
        onChange={(next) =>
          void navigate({ search: { tab: next === "overview" ? "" : next }, replace: true })
        }
      />
      {current === "overview" && <OverviewTab {...parts} />}
      {current === "contract" && <ContractTab {...parts} />}
      {current === "source" && <SourceTab {...parts} />}
      {current === "discussion" && <DiscussionTab {...parts} />}
      {current === "history" && <HistoryTab review={review} />}
    </Page>
  );
}

function shownCount(count: number): number | undefined {
  return count === 0 ? undefined : count;
}
