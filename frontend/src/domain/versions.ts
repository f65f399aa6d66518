/** Steps between version numbers, as people call them. */

export type Step = "major" | "minor" | "patch";

/** The step that a number claims against the one before it; undefined where it is none. */
export function declaredStep(before: string, after: string): Step | undefined {
  const old = numbersOf(before);
  const next = numbersOf(after);
  if (old === undefined || next === undefined) return undefined;
  const place = [0, 1, 2].find((each) => old[each] !== next[each]);
  return place === undefined ? undefined : (["major", "minor", "patch"] as const)[place];
}

function numbersOf(version: string): readonly number[] | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)/.exec(version);
  return match === null ? undefined : match.slice(1, 4).map(Number);
}
