import { Switch } from "@mantine/core";
import { IconChecklist } from "@tabler/icons-react";
import { getRouteApi, Link } from "@tanstack/react-router";
import { type ReviewState as ApiState, ReviewsDocument, type ReviewsQuery } from "@/api/generated/graphql";
import { useReading } from "@/api/useReading";
import { Bump } from "@/design/Bump";
import { Ago } from "@/design/Instant";
import { Empty, Failure, Loading } from "@/design/Message";
import { Page, Panel } from "@/design/Page";
import { StatusMark } from "@/design/StatusMark";
import { type Tab, Tabs } from "@/design/Tabs";
import { lower, type ReviewState } from "@/domain/status";
import { countText } from "@/domain/words";

const route = getRouteApi("/reviews");
const PAGE = 100;
const TABS: readonly Tab<ReviewState>[] = [
  { id: "open", label: "Open" },
  { id: "changes_requested", label: "Changes requested" },
  { id: "approved", label: "Approved" },
  { id: "withdrawn", label: "Withdrawn" },
];

export function ReviewsPage() {
  const { state, mine } = route.useSearch();
  const navigate = route.useNavigate();
  const current = TABS.find(({ id }) => id === state)?.id ?? "open";
  const variables = {
    state: current.toUpperCase() as ApiState,
    mine: mine === "yes" ? true : null,
    first: PAGE,
  };
  const reading = useReading(ReviewsDocument, variables, { changes: ["review", "version"] });
  return (
    <Page
      title="Reviews"
      lead="Module versions on their way to release. An approval holds for exactly what was looked at."
    >
      <div className="row">
        <div className="grow">
          <Tabs
            label="State"
            tabs={TABS}
            current={current}
            onChange={(next) =>
              void navigate({ search: (before) => ({ ...before, state: next }), replace: true })
            }
          />
        </div>
        <Switch
          label="Opened by me"
          checked={mine === "yes"}
          onChange={(event) => {
            const next = event.currentTarget.checked ? "yes" : "";
            void navigate({ search: (before) => ({ ...before, mine: next }), replace: true });
          }}
        />
      </div>
      <Panel flush>
        {reading.kind === "loading" && <Loading rows={6} />}
        {reading.kind === "failed" && (
          <Failure title="The reviews could not be read" onRetry={reading.again}>
            {reading.message}
          </Failure>
        )}
        {reading.kind === "ready" && <ReviewTable data={reading.data} isOpen={current === "open"} />}
      </Panel>
    </Page>
  );
}

function ReviewTable({ data, isOpen }: { readonly data: ReviewsQuery; readonly isOpen: boolean }) {
  const reviews = data.reviews.edges.map(({ node }) => node);
  if (reviews.length === 0) {
    return (
      <Empty icon={IconChecklist} title={isOpen ? "Nothing waits for review" : "None in this state"}>
        A review opens when somebody presses “Ask for review” on a draft version of a module.
      </Empty>
    );
  }
  return (
    <table className="table" aria-label="Reviews">
      <thead>
        <tr>
          <th>State</th>
          <th>Version</th>
          <th>Change</th>
          <th>Message</th>
          <th>Touches</th>
          <th>By</th>
          <th className="end">Opened</th>
        </tr>
      </thead>
      <tbody>
        {reviews.map((review) => (
          <tr key={review.id}>
            <td>
              <StatusMark status={lower(review.state)} />
            </td>
            <td>
              <Link to="/reviews/$reviewId" params={{ reviewId: review.id }} className="table-link">
                {review.version.module.name} <span className="mono">{review.version.version}</span>
              </Link>
            </td>
            <td>{review.bump ? <Bump level={review.bump.level} /> : <span className="muted">first</span>}</td>
            <td className="muted">{review.message}</td>
            <td>{countText(review.impact.length, "graph")}</td>
            <td>{review.author.name}</td>
            <td className="end muted">
              <Ago at={review.openedAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
