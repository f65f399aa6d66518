/** The rounds of a review: each verdict is about one bundle, and the next round brings another. */

interface Judged {
  readonly version: { readonly bundle: string };
  readonly base?: unknown;
  /** Oldest first. */
  readonly verdicts: readonly { readonly bundle: string }[];
}

/** The bundle of the round before this one, if there was one. */
export function lastRound({ version, verdicts }: Judged): string | undefined {
  return verdicts.findLast(({ bundle }) => bundle !== version.bundle)?.bundle;
}

export type Since = "base" | "round";

/** What files are compared with: as chosen, or else with the last round where no release came before. */
export function sinceWhat(review: Judged, chosen: string | undefined): Since {
  if (lastRound(review) === undefined) return "base";
  if (chosen === "base" || chosen === "round") return chosen;
  return review.base ? "base" : "round";
}
