import { type FinalConnectionState, useReactFlow } from "@xyflow/react";
import { type DragEvent, useCallback, useMemo, useState } from "react";
import type { Wire } from "@/design/canvas/context";
import { GraphCanvas } from "@/design/canvas/GraphCanvas";
import type { EdgeEnds, Position } from "@/domain/graph";
import { isObject } from "@/domain/json";
import { snap } from "@/domain/scene";
import { LayoutButton } from "./LayoutButton";
import { DRAG_TYPE, takeDragged } from "./Palette";
import { PeopleMarks } from "./PeopleMarks";
import { QuickAdd, type QuickAddAt } from "./QuickAdd";
import { RefusedWire } from "./RefusedWire";
import type { Room } from "./room";
import { ScopePath } from "./ScopePath";
import { useStudio } from "./studioContext";
import { useJudge } from "./useJudge";
import { useStudioKeys } from "./useStudioKeys";

type Ends = { clientX: number; clientY: number };

function pointOf(event: MouseEvent | TouchEvent): Ends {
  if ("changedTouches" in event) return event.changedTouches[0] ?? { clientX: 0, clientY: 0 };
  return event;
}

export function StudioCanvas({ room }: { readonly room: Room }) {
  const studio = useStudio();
  const { scene, editor, selected, set, mayEdit, parent, draft, prefix, statuses, welcome, scope, graph } =
    studio;
  const { screenToFlowPosition } = useReactFlow();
  const [wire, setWire] = useState<Wire>();
  const [adding, setAdding] = useState<QuickAddAt>();
  const { judge, refused, dismiss } = useJudge();

  const place = useCallback(
    ({ clientX, clientY }: Ends): Position => {
      const at = screenToFlowPosition({ x: clientX, y: clientY });
      return [snap(at.x), snap(at.y)];
    },
    [screenToFlowPosition],
  );
  const openQuickAdd = useCallback(
    (at: Ends, extra: Partial<QuickAddAt> = {}) =>
      mayEdit && setAdding({ screen: [at.clientX, at.clientY], flow: place(at), ...extra }),
    [mayEdit, place],
  );
  useStudioKeys({ onAdd: openQuickAdd });

  const editing = useMemo(() => {
    if (!mayEdit) return undefined;
    const portOf = (node: string, name: string, direction: "in" | "out") => {
      const found = scene.nodes.find(({ id }) => id === node);
      return (direction === "in" ? found?.inputs : found?.outputs)?.find((port) => port.name === name);
    };
    const endsOf = (connection: {
      source: string;
      sourceHandle: string | null;
      target: string;
      targetHandle: string | null;
    }) =>
      ({
        source: connection.source,
        output: connection.sourceHandle ?? "",
        target: connection.target,
        input: connection.targetHandle ?? "",
      }) satisfies EdgeEnds;
    return {
      onMove: editor.move,
      flow: {
        isValidConnection: (connection: { source: string; target: string }) =>
          connection.source !== connection.target,
        onConnectStart: (
          _event: unknown,
          from: { nodeId: string | null; handleId: string | null; handleType: string | null },
        ) => {
          const direction = from.handleType === "source" ? "out" : "in";
          const port = portOf(from.nodeId ?? "", from.handleId ?? "", direction);
          if (port !== undefined)
            setWire({ node: from.nodeId ?? "", port: port.name, direction, kind: port.kind });
        },
        onConnect: (connection: Parameters<typeof endsOf>[0]) => void judge(endsOf(connection)),
        onReconnect: (old: { id: string }, connection: Parameters<typeof endsOf>[0]) =>
          void judge(endsOf(connection), () => editor.remove(new Set([old.id]))),
        onConnectEnd: (event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
          const from = wire;
          setWire(undefined);
          if (from !== undefined && state.toNode === null) openQuickAdd(pointOf(event), { wire: from });
        },
        onDragOver: (event: DragEvent) => {
          if (!event.dataTransfer.types.includes(DRAG_TYPE)) return;
          event.preventDefault();
          event.dataTransfer.dropEffect = "copy";
        },
        onDrop: (event: DragEvent) => {
          const addition = takeDragged();
          if (addition === undefined) return;
          event.preventDefault();
          welcome(editor.addNode(addition.node, place(event), parent), addition);
        },
      },
    };
  }, [mayEdit, scene, editor, judge, wire, openQuickAdd, welcome, place, parent]);

  const open = (id: string) => {
    if (isObject(draft.body.nodes[id]?.["body"])) set({ scope: [...scope, id] });
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the same can be done from the keyboard with N.
    <div
      className="studio-canvas"
      onDoubleClick={(event) => {
        const target = event.target as Element;
        const edge = target.closest<SVGElement>(".react-flow__edge")?.dataset["id"];
        if (edge !== undefined) openQuickAdd(event, { insertOn: edge });
        else if (target.classList.contains("react-flow__pane")) openQuickAdd(event);
      }}
    >
      <ScopePath />
      <GraphCanvas
        scene={scene}
        label={`Graph ${draft.title}`}
        selected={selected}
        onSelect={(ids) => set({ select: ids })}
        onOpen={open}
        statuses={statuses}
        prefix={prefix}
        wire={wire}
        editing={editing}
        fitKey={`${graph.id}/${prefix}`}
      >
        <LayoutButton />
        <PeopleMarks room={room} />
      </GraphCanvas>
      {scene.nodes.length === 0 && mayEdit && adding === undefined && (
        <div className="studio-empty">
          <h2>This graph is empty</h2>
          <p>
            Drag a module from the left, double-click anywhere, or press <kbd className="key">N</kbd>. Then
            drag from a port: only what fits is offered.
          </p>
        </div>
      )}
      {adding !== undefined && <QuickAdd at={adding} onClose={() => setAdding(undefined)} />}
      {refused !== undefined && <RefusedWire refused={refused} onClose={dismiss} />}
    </div>
  );
}
