import { describe, expect, it } from "vitest";
import { worstResult } from "@/domain/checks";
import { fragmentAt, verdictOf, whomOf, witnessLabel } from "@/features/reviews/breaks";
import { nextStep, type Standing } from "@/features/reviews/standing";
import { isViewed, orderedFiles, ticked } from "@/features/reviews/viewed";

describe("a change of a contract", () => {
  it.each([
    ["/ports/in/text/schema", "callers"],
    ["/config", "callers"],
    ["/errors/too_slow", "callers"],
    ["/ports/out/counts", "readers"],
    ["/limits/wall_seconds", "operators"],
  ])("at %s breaks %s", (path, whom) => expect(whomOf(path)).toBe(whom));

  it("says what its witness shows, and never calls proven what is undecided", () => {
    expect(witnessLabel({ path: "/ports/in/n/schema", verdict: "no" })).toContain("would be refused");
    expect(witnessLabel({ path: "/ports/out/n/schema", verdict: "no" })).toContain("no reader expects");
    expect(witnessLabel({ path: "/ports/in/n/schema", verdict: "unknown" })).toContain(
      "could not be decided",
    );
    expect(verdictOf({ level: "major", verdict: "unknown" })).toBe("unknown");
    expect(verdictOf({ level: "major", verdict: "no" })).toBe("breaks");
    expect(verdictOf({ level: "minor", verdict: "yes" })).toBe("proven");
  });

  it("shows both sides, and nothing where a side has none", () => {
    const after = { ports: { out: { n: 1 } } };
    expect(fragmentAt("/ports/out/n", null, after)).toEqual({ before: undefined, after: 1 });
  });
});

describe("ticks", () => {
  const file = { path: "run.py", change: "changed", digest: "sha256:a" };

  it("hold for the content that was looked at", () => {
    const ticks = ticked({}, file);
    expect(isViewed(ticks, file)).toBe(true);
    expect(isViewed(ticks, { ...file, digest: "sha256:b" })).toBe(false);
    expect(ticked(ticks, file)).toEqual({});
  });

  it("can be set on a file that was removed", () => {
    const gone = { path: "old.py", change: "removed", digest: null };
    expect(isViewed(ticked({}, gone), gone)).toBe(true);
  });

  it("put files that changed first", () => {
    const paths = orderedFiles([
      { path: "a", change: "equal" },
      { path: "z", change: "added" },
      { path: "m", change: "changed" },
    ]).map(({ path }) => path);
    expect(paths).toEqual(["m", "z", "a"]);
  });
});

describe("checks", () => {
  it("are as bad as the worst, and what nobody knows is bad", () => {
    expect(worstResult([])).toBeUndefined();
    expect(worstResult(["passed", "passed"])).toBe("passed");
    expect(worstResult(["passed", "warned"])).toBe("warned");
    expect(worstResult(["warned", "melted"])).toBe("failed");
  });
});

describe("the next step", () => {
  const base: Standing = {
    state: "open",
    versionState: "in_review",
    viewerMay: [],
    isAuthor: false,
    team: "Text",
    number: "1.2.0",
  };

  it.each([
    [{ viewerMay: ["approve"] }, "It waits for your verdict."],
    [{ isAuthor: true }, "Nobody judges their own version"],
    [{}, "It waits for a reviewer of Text."],
    [{ state: "approved", versionState: "approved", viewerMay: ["release"] }, "You may release it"],
    [{ state: "approved", versionState: "approved" }, "a maintainer of Text"],
    [{ state: "changes_requested", versionState: "draft", viewerMay: ["submit"] }, "under 1.2.0 again"],
    [{ state: "changes_requested", versionState: "draft" }, "asked for changes"],
    [{ state: "approved", versionState: "released" }, "It is released"],
    [{ state: "approved", versionState: "yanked" }, "yanked"],
    [{ state: "withdrawn", versionState: "draft" }, "withdrawn"],
  ])("of %j", (change, words) => expect(nextStep({ ...base, ...change })).toContain(words));
});
