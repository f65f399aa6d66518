import { describe, expect, it } from "vitest";
import { freeSpot, spotBehind } from "@/domain/placing";

const HEIGHT = 72;

function node(x: number, y: number) {
  return { at: [x, y] as const, width: 216, height: HEIGHT };
}

describe("a new node", () => {
  it("stands where it was put, on the grid", () => {
    expect(freeSpot([3, 5], HEIGHT, [])).toEqual([0, 8]);
    expect(freeSpot([400, 0], HEIGHT, [node(0, 0)])).toEqual([400, 0]);
  });

  it("goes below one that stands there already, the next below that", () => {
    const first = freeSpot([0, 0], HEIGHT, [node(0, 0)]);
    expect(first).toEqual([0, 96]);
    const second = freeSpot([0, 0], HEIGHT, [node(0, 0), node(...first)]);
    for (const other of [node(0, 0), node(...first)]) {
      const apart = Math.abs(second[0] - other.at[0]) >= 216 || Math.abs(second[1] - other.at[1]) >= HEIGHT;
      expect(apart).toBe(true);
    }
  });

  it("finds a place in a crowd", () => {
    const crowd = Array.from({ length: 400 }, (_, place) =>
      node((place % 20) * 230, Math.floor(place / 20) * 80),
    );
    const [x, y] = freeSpot([2000, 800], HEIGHT, crowd);
    const isHit = crowd.some(({ at }) => Math.abs(at[0] - x) < 216 && Math.abs(at[1] - y) < HEIGHT);
    expect(isHit).toBe(false);
  });

  it("follows the chosen one, or all of them", () => {
    expect(spotBehind([node(0, 0), node(300, 40)], node(0, 0))).toEqual([280, 0]);
    expect(spotBehind([node(0, 0), node(300, 40)], undefined)).toEqual([584, 0]);
    expect(spotBehind([], undefined)).toEqual([0, 0]);
  });
});
