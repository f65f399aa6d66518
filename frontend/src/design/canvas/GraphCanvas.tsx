import {
  applyNodeChanges,
  Background,
  BackgroundVariant,
  type NodeChange,
  ReactFlow,
  type ReactFlowProps,
  SelectionMode,
  useStore,
} from "@xyflow/react";
import "@xyflow/react/dist/base.css";
import { type ReactNode, type RefObject, useEffect, useMemo, useRef, useState } from "react";
import type { Position } from "@/domain/graph";
import { GRID, type Scene } from "@/domain/scene";
import "./canvas.css";
import { CanvasSurroundings, type OnNote, type Wire } from "./context";
import { FAR_ZOOM, FarView, FEW_NODES } from "./FarView";
import { FrameCard } from "./FrameCard";
import { dragged, type FlowEdge, type FlowNode, flowEdges, flowNodes, landed } from "./flow";
import { NodeCard } from "./NodeCard";
import { NoteCard } from "./NoteCard";
import { OverviewMap } from "./OverviewMap";
import type { StatusStore } from "./statusStore";
import { useView } from "./useView";

const nodeTypes = { card: NodeCard, frame: FrameCard, note: NoteCard };
const NONE: ReadonlySet<string> = new Set();

export interface Editing {
  readonly onMove: (positions: ReadonlyMap<string, Position>) => void;
  readonly onNote: OnNote;
  readonly flow: Pick<
    ReactFlowProps<FlowNode, FlowEdge>,
    | "onConnectStart"
    | "onConnectEnd"
    | "onConnect"
    | "isValidConnection"
    | "onReconnect"
    | "onDrop"
    | "onDragOver"
    | "onPaneContextMenu"
    | "onNodeContextMenu"
    | "onSelectionContextMenu"
    | "onPaneMouseMove"
  >;
}

interface GraphCanvasProps {
  readonly scene: Scene;
  readonly label: string;
  readonly selected?: ReadonlySet<string>;
  readonly onSelect?: (ids: ReadonlySet<string>) => void;
  readonly onOpen?: (id: string) => void;
  readonly statuses?: StatusStore | undefined;
  readonly prefix?: string;
  readonly wire?: Wire | undefined;
  readonly editing?: Editing | undefined;
  /** Changes when the graph on show is another one, so that it is fitted anew. */
  readonly fitKey: string;
  readonly children?: ReactNode;
}

/** A graph on an endless surface. It must stand inside the library's provider. */
export function GraphCanvas(props: GraphCanvasProps) {
  const { scene, selected = NONE, onSelect, onOpen, statuses, prefix = "", wire, editing, fitKey } = props;
  const [nodes, setNodes] = useState<FlowNode[]>(() => flowNodes(scene, [], selected));
  const far = useStore((store) => store.transform[2] < FAR_ZOOM) && scene.nodes.length > FEW_NODES;
  const host = useRef<HTMLDivElement>(null);
  useView({ scene, fitKey, selected, host });
  useFocusFollowing(selected, host);

  useEffect(() => {
    setNodes((before) => flowNodes(scene, before, selected));
  }, [scene, selected]);
  const edges = useMemo(() => flowEdges(scene, selected), [scene, selected]);
  const surroundings = useMemo(
    () => ({ statuses, prefix, editable: editing !== undefined, wire, onNote: editing?.onNote }),
    [statuses, prefix, editing, wire],
  );

  const onNodesChange = (changes: NodeChange<FlowNode>[]) => {
    const moves = new Map(
      changes.flatMap((change) =>
        change.type === "position" && change.position !== undefined ? [[change.id, change.position]] : [],
      ),
    );
    if (moves.size > 0) setNodes((before) => dragged(scene, before, moves));
    const sizes = changes.filter((change) => change.type === "dimensions" && change.resizing !== undefined);
    if (sizes.length > 0) setNodes((before) => applyNodeChanges(sizes, before));
    const picks = changes.filter((change) => change.type === "select");
    if (picks.length > 0 && onSelect !== undefined) onSelect(withPicks(selected, picks));
  };

  return (
    <CanvasSurroundings value={surroundings}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of the nodes inside. */}
      <div
        className="canvas"
        ref={host}
        onKeyDown={(event) => {
          const id = focusedNode(event.target);
          const isPick = event.key === "Enter" || event.key === " ";
          if (id === undefined || !isPick || selected.has(id) || onSelect === undefined) return;
          event.preventDefault();
          onSelect(new Set([id]));
        }}
      >
        <ReactFlow<FlowNode, FlowEdge>
          nodes={far ? NO_NODES : nodes}
          edges={far ? NO_EDGES : edges}
          nodeTypes={nodeTypes}
          onNodesChange={onNodesChange}
          onEdgesChange={(changes) => {
            const picks = changes.filter((change) => change.type === "select");
            if (picks.length > 0 && onSelect !== undefined) onSelect(withPicks(selected, picks));
          }}
          onNodeDoubleClick={(_event, node) => onOpen?.(node.id)}
          onNodeDragStop={(_event, _node, moved) =>
            editing?.onMove(landed(scene, nodes, new Set(moved.map(({ id }) => id))))
          }
          onlyRenderVisibleElements
          nodesDraggable={editing !== undefined}
          nodesConnectable={editing !== undefined}
          elementsSelectable
          edgesFocusable={false}
          // Arrow keys go along the wires here, and never move a node.
          disableKeyboardA11y
          edgesReconnectable={editing !== undefined}
          deleteKeyCode={null}
          selectionMode={SelectionMode.Partial}
          snapToGrid
          snapGrid={[GRID, GRID]}
          minZoom={0.05}
          maxZoom={2}
          zoomOnDoubleClick={false}
          connectionRadius={28}
          attributionPosition="top-right"
          aria-label={props.label}
          {...editing?.flow}
        >
          <Background variant={BackgroundVariant.Dots} gap={GRID * 3} size={1.5} color="var(--grid-dot)" />
          {far && <FarView scene={scene} statuses={statuses} prefix={prefix} selected={selected} />}
          <OverviewMap scene={scene} statuses={statuses} prefix={prefix} />
          {props.children}
        </ReactFlow>
      </div>
    </CanvasSurroundings>
  );
}

/** Whoever has the focus on one node has it on the next one that is chosen, too. */
function useFocusFollowing(selected: ReadonlySet<string>, host: RefObject<HTMLDivElement | null>): void {
  useEffect(() => {
    const [id] = selected;
    const current = focusedNode(document.activeElement);
    if (selected.size !== 1 || id === undefined || current === undefined || current === id) return;
    // It may have been out of the window, and is drawn only now.
    const frame = requestAnimationFrame(() =>
      host.current
        ?.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(id)}"]`)
        ?.focus({ preventScroll: true }),
    );
    return () => cancelAnimationFrame(frame);
  }, [selected, host]);
}

function focusedNode(target: EventTarget | null): string | undefined {
  const isNode = target instanceof HTMLElement && target.classList.contains("react-flow__node");
  return isNode ? target.dataset["id"] : undefined;
}

const NO_NODES: FlowNode[] = [];
const NO_EDGES: FlowEdge[] = [];

function withPicks(
  before: ReadonlySet<string>,
  picks: readonly { id: string; selected: boolean }[],
): ReadonlySet<string> {
  const next = new Set(before);
  for (const pick of picks) {
    if (pick.selected) next.add(pick.id);
    else next.delete(pick.id);
  }
  return next;
}
