import { Select } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import { type ReviewState as ApiState, ReviewsDocument } from "@/api/generated/graphql";
import { useReading } from "@/api/useReading";
import { Failure, Loading } from "@/design/Message";
import { Page, Panel } from "@/design/Page";
import { Pager, usePages } from "@/design/Pager";
import { type Tab, Tabs } from "@/design/Tabs";
import { NoReviews, type Whose } from "./NoReviews";
import { ReviewTable } from "./ReviewTable";
import "./reviews.css";

const route = getRouteApi("/reviews");
const PAGE = 50;
const TABS: readonly Tab<Whose>[] = [
  { id: "waiting", label: "Waiting for you" },
  { id: "yes", label: "Yours" },
  { id: "no", label: "All" },
];
const STATES: readonly { readonly value: Lowercase<ApiState>; readonly label: string }[] = [
  { value: "open", label: "Open" },
  { value: "changes_requested", label: "Changes requested" },
  { value: "approved", label: "Approved" },
  { value: "withdrawn", label: "Withdrawn" },
];

export function ReviewsPage() {
  const { state, mine } = route.useSearch();
  const navigate = route.useNavigate();
  const whose = TABS.find(({ id }) => id === mine)?.id ?? "waiting";
  const chosen = STATES.find(({ value }) => value === state)?.value;
  const set = (change: { readonly mine?: string; readonly state?: string }) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  const pages = usePages(`${whose} ${chosen ?? ""}`);
  const variables = {
    state: (chosen?.toUpperCase() as ApiState | undefined) ?? null,
    mine: whose === "yes" ? true : null,
    waiting: whose === "waiting" ? true : null,
    first: PAGE,
    after: pages.after,
  };
  const reading = useReading(ReviewsDocument, variables, { changes: ["review", "version"] });
  const reviews = reading.kind === "ready" ? reading.data.reviews.edges.map(({ node }) => node) : [];
  return (
    <Page
      title="Reviews"
      lead="Module versions on their way to release. An approval holds for exactly the bundle that was looked at."
    >
      <div className="row reviews-filters">
        <div className="grow">
          <Tabs
            label="Whose"
            tabs={TABS}
            current={whose}
            onChange={(next) => set({ mine: next === "waiting" ? "" : next })}
          />
        </div>
        <Select
          aria-label="State"
          placeholder="Any state"
          data={STATES}
          value={chosen ?? null}
          onChange={(next) => set({ state: next ?? "" })}
          clearable
          w={168}
        />
      </div>
      <Panel flush>
        {reading.kind === "loading" && <Loading rows={6} />}
        {reading.kind === "failed" && (
          <Failure title="The reviews could not be read" onRetry={reading.again}>
            {reading.message}
          </Failure>
        )}
        {reading.kind === "ready" && reviews.length === 0 && (
          <NoReviews
            whose={whose}
            isFiltered={chosen !== undefined}
            onAll={() => set({ mine: "no", state: "" })}
          />
        )}
        {reviews.length > 0 && <ReviewTable reviews={reviews} />}
      </Panel>
      {reading.kind === "ready" && <Pager pages={pages} info={reading.data.reviews.pageInfo} />}
    </Page>
  );
}
