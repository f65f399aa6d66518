import { describe, expect, it } from "vitest";
import { applyFrame, type Frame, fold, type RunEvent, type RunView, START } from "@/domain/journal";
import { goldenJournals, journal, vector } from "../vectors";

const events = journal("journal.jsonl");
const frame = vector("frame.json") as Extract<Frame, { kind: "SNAPSHOT" }>;

function eventFrame(part: readonly RunEvent[], head = events.length): Frame {
  const [first] = part;
  const last = part.at(-1);
  return {
    kind: "EVENTS",
    from: first?.seq ?? 0,
    to: last?.seq ?? 0,
    head,
    at: "2026-01-31T09:00:05.000Z",
    events: part,
  };
}

describe("the fold of a journal", () => {
  it("finds the golden journals", () => expect(goldenJournals().length).toBeGreaterThan(3));

  it.each(goldenJournals())("gives the server's view of %s", (file) => {
    expect(fold(undefined, journal(file))).toEqual(vector(file.replace(/\.jsonl$/, ".view.json")));
  });

  it.each(goldenJournals())("may stop and go on anywhere in %s", (file) => {
    const all = journal(file);
    for (let cut = 0; cut <= all.length; cut += 1) {
      expect(fold(fold(undefined, all.slice(0, cut)), all.slice(cut))).toEqual(fold(undefined, all));
    }
  });

  it("gives the snapshot of the format's own example", () => {
    expect(fold(undefined, events.slice(0, 7))).toEqual(frame.snapshot);
  });

  it("leaves the view it was given as it was", () => {
    const before = fold(undefined, events.slice(0, 4)) as RunView;
    const copy = structuredClone(before);
    fold(before, events.slice(4));
    expect(before).toEqual(copy);
  });
});

describe("frames", () => {
  it("make the same view whether they come as events or as a snapshot", () => {
    const byEvents = applyFrame(START, eventFrame(events.slice(0, 7)));
    const bySnapshot = applyFrame(START, frame);
    expect(byEvents.kind === "applied" && byEvents.state.view).toEqual(
      bySnapshot.kind === "applied" && bySnapshot.state.view,
    );
  });

  it("drop what is known already", () => {
    const first = applyFrame(START, eventFrame(events.slice(0, 5)));
    if (first.kind !== "applied") throw new Error("not applied");
    const again = applyFrame(first.state, eventFrame(events.slice(2, 7)));
    expect(again.kind === "applied" && again.state.view).toEqual(frame.snapshot);
    expect(again.kind === "applied" && again.state.cursor).toBe(7);
  });

  it("say so when events are missing", () => {
    expect(applyFrame(START, eventFrame(events.slice(3))).kind).toBe("gap");
  });

  it("stop at an event that this page does not know", () => {
    const strange = [{ ...events[0], type: "run_levitated" } as RunEvent];
    expect(applyFrame(START, eventFrame(strange))).toEqual({
      kind: "unknown_event",
      type: "run_levitated",
      v: 1,
    });
    const newer = [{ ...events[0], v: 2 } as RunEvent];
    expect(applyFrame(START, eventFrame(newer)).kind).toBe("unknown_event");
  });

  it("of silence keep the view and the time at which the server looked", () => {
    const idle: Frame = { kind: "IDLE", from: 1, to: 0, head: 3, at: "2026-01-31T09:00:09.000Z" };
    const applied = applyFrame(START, idle);
    expect(applied.kind === "applied" && applied.state.at).toBe("2026-01-31T09:00:09.000Z");
    expect(applied.kind === "applied" && applied.state.head).toBe(3);
  });
});
