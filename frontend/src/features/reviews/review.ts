/** What the parts of a review's page are given. */

import type { ReviewFieldsFragment } from "@/api/generated/graphql";

export type ReviewOnShow = ReviewFieldsFragment;
export type Comment = ReviewFieldsFragment["comments"][number];

export interface ReviewViewProps {
  readonly review: ReviewOnShow;
  /** Read the review again. */
  readonly onChanged: () => void;
}

const JUDGES: readonly string[] = ["approve", "request_changes"];

/** Whether this viewer's comments may wait for a verdict of theirs. */
export function mayJudge(review: Pick<ReviewOnShow, "viewerMay">): boolean {
  return review.viewerMay.some((verb) => JUDGES.includes(verb));
}
