/** What became of the ports of one version, seen against those of another. */

import { contractPorts, type Direction, type Port } from "@/domain/ports";

export type PortMark = "added" | "removed" | "changed";

/** `gone`: what a port is that the other version does not have, added to the newer or removed from the older. */
export function portMarks(
  contract: unknown,
  other: unknown,
  direction: Direction,
  gone: "added" | "removed",
): ReadonlyMap<string, PortMark> {
  const others = new Map(contractPorts(other, direction).map((port) => [port.name, port]));
  const marks = new Map<string, PortMark>();
  for (const port of contractPorts(contract, direction)) {
    const before = others.get(port.name);
    if (before === undefined) marks.set(port.name, gone);
    else if (!isSame(port, before)) marks.set(port.name, "changed");
  }
  return marks;
}

function isSame(a: Port, b: Port): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
