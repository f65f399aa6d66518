import { describe, expect, it, vi } from "vitest";
import { createStatusStore } from "@/design/canvas/statusStore";
import { viewportFor } from "@/design/canvas/viewport";
import type { NodeView } from "@/domain/journal";

const running: NodeView = { state: "running" };
const done: NodeView = { state: "succeeded" };

describe("the store of states", () => {
  it("tells once a frame, and only the nodes that changed", () => {
    const frames: (() => void)[] = [];
    const store = createStatusStore((work) => frames.push(work));
    const [a, b, all] = [vi.fn(), vi.fn(), vi.fn()];
    store.subscribe("a", a);
    store.subscribe("b", b);
    store.subscribeAll(all);
    store.replace({ a: running, b: running });
    store.replace({ a: done, b: running });
    expect(frames).toHaveLength(1);
    expect(a).not.toHaveBeenCalled();
    frames.shift()?.();
    expect(store.get("a")).toBe(done);
    store.replace({ a: done, b: done });
    frames.shift()?.();
    expect([a, b, all].map((each) => each.mock.calls.length)).toEqual([1, 2, 2]);
  });

  it("forgets nodes of the run before", () => {
    const store = createStatusStore((work) => work());
    const gone = vi.fn();
    store.replace({ a: done });
    store.subscribe("a", gone);
    store.replace({});
    expect(store.get("a")).toBeUndefined();
    expect(gone).toHaveBeenCalledTimes(1);
  });
});

describe("fitting", () => {
  it("shows all of a box and never enlarges it", () => {
    const wide = viewportFor({ x: -100, y: 0, width: 4000, height: 100 }, 1000, 500);
    expect(-100 * wide.zoom + wide.x).toBeGreaterThanOrEqual(0);
    expect(3900 * wide.zoom + wide.x).toBeLessThanOrEqual(1000);
    expect(viewportFor({ x: 0, y: 0, width: 10, height: 10 }, 1000, 500).zoom).toBe(1);
  });
});
