/** What happens next in a review, in one sentence for who looks at it. */

export interface Standing {
  readonly state: string;
  readonly versionState: string;
  readonly viewerMay: readonly string[];
  readonly isAuthor: boolean;
  readonly team: string;
  readonly number: string;
}

export function nextStep({ state, versionState, viewerMay, isAuthor, team, number }: Standing): string {
  const may = (verb: string) => viewerMay.includes(verb);
  if (versionState === "released") return "It is released. Nothing about it changes any more.";
  if (versionState === "deprecated" || versionState === "yanked") return `The version is ${versionState}.`;
  switch (state) {
    case "open":
      if (may("approve")) return "It waits for your verdict.";
      if (isAuthor) return `It waits for a reviewer of ${team}. Nobody judges their own version.`;
      return `It waits for a reviewer of ${team}.`;
    case "approved":
      return may("release")
        ? "It is approved. You may release it."
        : `It waits for a maintainer of ${team} to release it.`;
    case "changes_requested":
      if (!may("submit")) return "Its author has been asked for changes.";
      return `Publish what you changed under ${number} again, then submit it. The comments stay.`;
    default:
      return "It was withdrawn; the version is a draft again.";
  }
}
