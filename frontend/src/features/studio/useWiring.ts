import type { FinalConnectionState } from "@xyflow/react";
import { useMemo, useState } from "react";
import type { Wire } from "@/design/canvas/context";
import type { EdgeEnds } from "@/domain/graph";
import { useStudio } from "./studioContext";
import type { useJudge } from "./useJudge";

export type Ends = { readonly clientX: number; readonly clientY: number };

interface Connection {
  readonly source: string;
  readonly sourceHandle: string | null;
  readonly target: string;
  readonly targetHandle: string | null;
}

function endsOf({ source, sourceHandle, target, targetHandle }: Connection): EdgeEnds {
  return { source, output: sourceHandle ?? "", target, input: targetHandle ?? "" };
}

function pointOf(event: MouseEvent | TouchEvent): Ends {
  if ("changedTouches" in event) return event.changedTouches[0] ?? { clientX: 0, clientY: 0 };
  return event;
}

/** Drawing wires with the pointer: the server judges each, and one that ends nowhere asks for a node. */
export function useWiring(
  judge: ReturnType<typeof useJudge>["judge"],
  onNowhere: (at: Ends, wire: Wire) => void,
) {
  const { scene, editor } = useStudio();
  const [wire, setWire] = useState<Wire>();
  const handlers = useMemo(
    () => ({
      isValidConnection: (connection: { source: string; target: string }) =>
        connection.source !== connection.target,
      onConnectStart: (
        _event: unknown,
        from: { nodeId: string | null; handleId: string | null; handleType: string | null },
      ) => {
        const direction = from.handleType === "source" ? "out" : "in";
        const node = scene.nodes.find(({ id }) => id === from.nodeId);
        const ports = direction === "in" ? node?.inputs : node?.outputs;
        const port = ports?.find(({ name }) => name === from.handleId);
        if (port !== undefined)
          setWire({ node: from.nodeId ?? "", port: port.name, direction, kind: port.kind, type: port.type });
      },
      onConnect: (connection: Connection) => void judge(endsOf(connection)),
      onReconnect: (old: { id: string }, connection: Connection) =>
        void judge(endsOf(connection), () => editor.remove(new Set([old.id]))),
      onConnectEnd: (event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
        const from = wire;
        setWire(undefined);
        if (from !== undefined && state.toNode === null) onNowhere(pointOf(event), from);
      },
    }),
    [scene, editor, judge, wire, onNowhere],
  );
  return { wire, handlers };
}
