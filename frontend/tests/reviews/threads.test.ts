import { describe, expect, it } from "vitest";
import { anchorDocument, anchorText, parseAnchor } from "@/features/reviews/anchors";
import { type Remark, threadsByLine, threadsOf, unresolvedCount } from "@/features/reviews/threads";

function remark(id: string, anchor: unknown, more: Partial<Remark> = {}): Remark {
  return { id, anchor, createdAt: "2026-01-01T00:00:00Z", resolvedAt: null, ...more };
}

const LINE = { file: "run.py", line: 4 };

describe("anchors", () => {
  it.each([LINE, { pointer: "/ports/in/text" }, null])("come back as they were: %j", (document) => {
    expect(anchorDocument(parseAnchor(document))).toEqual(document);
  });

  it("say where they are", () => {
    expect(anchorText(parseAnchor(LINE))).toBe("run.py, line 4");
    expect(anchorText(parseAnchor({ pointer: "" }))).toBe("the whole contract");
    expect(anchorText(parseAnchor("what is this"))).toBe("the whole review");
  });
});

describe("threads", () => {
  it("gather what was said about one place, in the order of their first word", () => {
    const threads = threadsOf([
      remark("a", LINE),
      remark("b", null),
      remark("c", { line: 4, file: "run.py" }),
    ]);
    expect(threads.map(({ comments }) => comments.map(({ id }) => id))).toEqual([["a", "c"], ["b"]]);
  });

  it("are settled only when all of it is, and open again with a new word", () => {
    const settled = remark("a", LINE, { resolvedAt: "2026-01-02T00:00:00Z" });
    expect(unresolvedCount(threadsOf([settled]))).toBe(0);
    expect(unresolvedCount(threadsOf([settled, remark("b", LINE)]))).toBe(1);
  });

  it("are found by the line of a file", () => {
    const threads = threadsOf([remark("a", LINE), remark("b", { file: "other.py", line: 4 })]);
    expect([...threadsByLine(threads, "run.py").keys()]).toEqual([4]);
  });
});
