import { describe, expect, it } from "vitest";
import { isSeen, openingFor, revealing, viewportFor } from "@/design/canvas/viewport";
import { boundsOf } from "@/domain/scene";

const [WIDTH, HEIGHT] = [1000, 600];

function node(x: number, y: number) {
  return { at: [x, y] as const, width: 216, height: 100 };
}

function opening(nodes: readonly ReturnType<typeof node>[]) {
  return openingFor(boundsOf(nodes), nodes, WIDTH, HEIGHT);
}

describe("a graph that is opened", () => {
  it("is shown whole where it can be read", () => {
    const nodes = [node(0, 0), node(600, 300)];
    expect(opening(nodes)).toEqual(viewportFor(boundsOf(nodes), WIDTH, HEIGHT));
  });

  it("is shown from its beginning, large enough to read, where it is wide", () => {
    const { x, y, zoom } = opening([node(-300, 40), node(5000, 40)]);
    expect(zoom).toBe(0.6);
    expect(-300 * zoom + x).toBe(32);
    expect((40 + 50) * zoom + y).toBe(HEIGHT / 2);
  });

  it("shows the first node, and no void, where it is tall as well", () => {
    const nodes = [node(0, 0), ...Array.from({ length: 30 }, (_, place) => node(300, place * 200))];
    const view = opening(nodes);
    expect(view.y).toBe(32);
    expect(isSeen(view, nodes[0] ?? node(0, 0), WIDTH, HEIGHT)).toBe(true);
  });
});

describe("a node that is chosen", () => {
  const view = { x: 0, y: 0, zoom: 1 };

  it("is left where it is seen", () => {
    expect(revealing(view, node(100, 100), WIDTH, HEIGHT)).toBe(view);
  });

  it.each([
    [node(2000, 100), { x: 1000 - 32 - 216 - 2000, y: 0, zoom: 1 }],
    [node(-500, 100), { x: 532, y: 0, zoom: 1 }],
    [node(100, 550), { x: 0, y: 600 - 32 - 100 - 550, zoom: 1 }],
  ])("is brought in by the shortest way", (far, expected) => {
    const next = revealing(view, far, WIDTH, HEIGHT);
    expect(next).toEqual(expected);
    expect(revealing(next, far, WIDTH, HEIGHT)).toBe(next);
  });

  it("is shown from its start where it is larger than the window", () => {
    const next = revealing(view, { at: [900, 900], width: 2000, height: 2000 }, WIDTH, HEIGHT);
    expect(next).toEqual({ x: -900, y: -900, zoom: 1 });
    expect(revealing(next, { at: [900, 900], width: 2000, height: 2000 }, WIDTH, HEIGHT)).toBe(next);
  });
});
