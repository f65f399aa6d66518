import { SegmentedControl } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import type { ReviewOnShow } from "./review";
import { lastRound, sinceWhat } from "./rounds";

const route = getRouteApi("/reviews/$reviewId");

/** All that a version changes, or what changed since it was judged before. */
export function SinceChoice({ review }: { readonly review: ReviewOnShow }) {
  const { since } = route.useSearch();
  const navigate = route.useNavigate();
  if (lastRound(review) === undefined) return null;
  return (
    <SegmentedControl
      className="files-since"
      aria-label="What changed since"
      fullWidth
      data={[
        { value: "round", label: "Last round" },
        { value: "base", label: "All changes" },
      ]}
      value={sinceWhat(review, since)}
      onChange={(next) =>
        void navigate({ search: (before) => ({ ...before, since: next, line: "" }), replace: true })
      }
    />
  );
}
