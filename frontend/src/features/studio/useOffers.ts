import { useDebouncedValue } from "@mantine/hooks";
import { StudioModulesDocument } from "@/api/generated/graphql";
import { useReading } from "@/api/useReading";
import type { Wire } from "@/design/canvas/context";
import { contractPorts, neverFits, type Port } from "@/domain/ports";
import { ownPorts } from "@/domain/scene";
import { rankOf } from "@/domain/search";
import { type Addition, BLOCK_ADDITIONS, inputFor, moduleAddition } from "./templates";

export interface Offer {
  readonly addition: Addition;
  /** The port of the offered node that the dragged wire would meet. */
  readonly port: Port | undefined;
}

/** Where a wire from this port could land on what is offered: the first port that may fit, required ones first. */
export function fittingPort(addition: Addition, wire: Wire): Port | undefined {
  const direction = wire.direction === "out" ? "in" : "out";
  const own = ownPorts(addition.node);
  const ports =
    addition.contract === undefined
      ? direction === "in"
        ? own.inputs
        : own.outputs
      : contractPorts(addition.contract, direction);
  const fits = ports.filter((port) =>
    wire.direction === "out" ? !neverFits(wire, port) : !neverFits(port, wire),
  );
  return (
    fits.find((port) => port.kind === wire.kind && port.required) ??
    fits.find((port) => port.kind === wire.kind) ??
    fits[0]
  );
}

interface Offers {
  readonly offers: readonly Offer[];
  readonly isLoading: boolean;
  readonly failed: string | undefined;
}

/** Modules and building blocks by words, and by what fits a wire dragged from `end`. */
export function useOffers(text: string, wire?: Wire, end?: Port): Offers {
  const [search] = useDebouncedValue(text.trim(), 120);
  const reading = useReading(
    StudioModulesDocument,
    { search, gives: null, takes: null },
    { changes: ["version"] },
  );
  const modules =
    reading.kind === "ready"
      ? reading.data.modules.edges.flatMap(({ node }) => moduleAddition(node) ?? [])
      : [];
  const rank = ({ title, detail }: Addition) => rankOf({ name: title, summary: detail }, search);
  const blocks = BLOCK_ADDITIONS.filter((addition) => rank(addition) !== undefined);
  // Whoever drags a wire wants a module most of the time; by words the shorter names are meant.
  const all = wire === undefined || search !== "" ? [...blocks, ...modules] : [...modules, ...blocks];
  // What the server found by other words, such as tags, comes last.
  const ranked = all.sort((a, b) => (rank(a) ?? 3) - (rank(b) ?? 3));
  const offers = ranked.flatMap((offered): Offer[] => {
    if (wire === undefined) return [{ addition: offered, port: undefined }];
    const addition = wire.direction === "in" && end !== undefined ? inputFor(offered, end) : offered;
    const port = fittingPort(addition, wire);
    return port === undefined ? [] : [{ addition, port }];
  });
  return {
    offers,
    isLoading: reading.kind === "loading",
    failed: reading.kind === "failed" ? reading.message : undefined,
  };
}
