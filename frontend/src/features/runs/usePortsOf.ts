import { useMemo } from "react";
import { GraphPortsDocument } from "@/api/generated/graphql";
import { useReading } from "@/api/useReading";
import { pathPrefix } from "@/design/canvas/statusStore";
import { derivedPorts, type NodePorts } from "@/domain/scene";

const NOTHING: ReadonlyMap<string, NodePorts> = new Map();

/** The typed ports of a document's nodes, as the server derives them, for one scope of it. */
export function usePortsOf(document: unknown, scope: readonly string[]): ReadonlyMap<string, NodePorts> {
  const reading = useReading(GraphPortsDocument, { document });
  const prefix = pathPrefix(scope);
  const answers = reading.kind === "ready" ? reading.data.checkGraph.ports : undefined;
  return useMemo(() => {
    if (answers === undefined) return NOTHING;
    const inside = answers
      .filter(({ node }) => node.startsWith(prefix) && !node.slice(prefix.length).includes("/"))
      .map((answer) => ({ ...answer, node: answer.node.slice(prefix.length) }));
    return derivedPorts(inside);
  }, [answers, prefix]);
}
