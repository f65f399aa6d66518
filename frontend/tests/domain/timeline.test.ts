import { describe, expect, it } from "vitest";
import { fold, type RunView } from "@/domain/journal";
import { axisOf, bars, tookOf } from "@/domain/timeline";
import { journal } from "../vectors";

const NOW = Date.parse("2026-01-31T09:01:00.000Z");
const STARTED = "2026-01-31T09:00:00.000Z";
const view = fold(undefined, journal("journals/costed.jsonl")) as RunView;

function took(id: string): number | undefined {
  const node = view.nodes[id];
  return node === undefined ? undefined : tookOf(node, NOW);
}

describe("how long a node took", () => {
  it("is what a quick call cost, though it left one event alone", () => expect(took("n0")).toBe(2));

  it("is from the first attempt on where it was tried again", () => expect(took("n1")).toBe(201));

  it("is between its two events where it was slow", () => expect(took("n2")).toBe(80));

  it("is not known of what never began", () => expect(tookOf({ state: "skipped" }, NOW)).toBeUndefined());

  it("grows with the clock while it runs", () => {
    const node = { state: "running", started_at: STARTED } as const;
    expect(tookOf(node, NOW)).toBe(60_000);
  });
});

describe("the timeline", () => {
  it("draws what the inspector tells", () => {
    const drawn = bars(view, axisOf(view, STARTED, NOW), NOW);
    expect(drawn.map(({ node, from, to }) => [node, from, to])).toEqual([
      ["n0", 3, 5],
      ["n1", 8, 209],
      ["n2", 420, 500],
    ]);
    for (const bar of drawn) expect(bar.to - bar.from).toBe(took(bar.node));
  });

  it("counts from the start of the run, with the queue before it", () => {
    const waited: RunView = { ...view, created_at: "2026-01-31T08:59:59.000Z" };
    expect(axisOf(waited, STARTED, NOW)).toEqual({ zero: Date.parse(STARTED), queued: 1000, end: 500 });
  });

  it("leaves out a wait that nobody could see", () => {
    const waited: RunView = { ...view, created_at: "2026-01-31T08:59:59.995Z" };
    expect(axisOf(waited, STARTED, NOW).queued).toBe(0);
  });

  it("reaches as far as the nodes do while the run goes on, though the clock is behind them", () => {
    const { finished_at, ...running } = view;
    expect(finished_at).toBeDefined();
    const behind = Date.parse(STARTED) + 100;
    expect(axisOf(running, STARTED, behind).end).toBe(500);
    expect(axisOf(running, STARTED, behind + 900).end).toBe(1000);
  });

  it("begins with the first node where the start is not known yet", () => {
    expect(axisOf(view, undefined, NOW).zero).toBe(Date.parse(STARTED) + 3);
  });
});
