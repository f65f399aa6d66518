/** The automatic checks of a version, in words. */

export type CheckResult = "passed" | "warned" | "failed";

const TITLES: Readonly<Record<string, string>> = {
  C1: "Port language",
  C2: "Version number",
  C3: "Contract against its users",
  C4: "Examples",
  C5: "Generated cases",
  C6: "Capabilities",
  C7: "Replay",
  C8: "Packages and licence",
  C9: "Speed and memory",
  C10: "Impact on graphs",
};

export function checkTitle(name: string): string {
  return TITLES[name] ?? name;
}

/** A result that is not known counts as failed: nobody should approve on what cannot be read. */
export function resultOf(text: string): CheckResult {
  return text === "passed" || text === "warned" ? text : "failed";
}

export function worstResult(results: readonly string[]): CheckResult | undefined {
  if (results.length === 0) return undefined;
  const known = results.map(resultOf);
  return known.includes("failed") ? "failed" : known.includes("warned") ? "warned" : "passed";
}
