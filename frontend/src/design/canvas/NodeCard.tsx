import { IconFolders, IconPin } from "@tabler/icons-react";
import { Handle, type NodeProps, Position } from "@xyflow/react";
import { memo, useContext } from "react";
import { neverFits, type Port } from "@/domain/ports";
import { portCentre, type SceneNode } from "@/domain/scene";
import { PortGlyph } from "../PortGlyph";
import { StatusMark } from "../StatusMark";
import { ChangeGlyph } from "./ChangeGlyph";
import { CanvasSurroundings, useFoldedState, useNodeView } from "./context";
import type { CardNode } from "./flow";
import { KIND_ICONS, MODIFIER_ICONS } from "./kinds";

export const NodeCard = memo(function NodeCard({ id, data, selected }: NodeProps<CardNode>) {
  const node = data.scene;
  const view = useNodeView(id);
  const Icon = node.folds === undefined ? KIND_ICONS[node.kind] : IconFolders;
  const folded = useFoldedState(node.folds);
  const state = view?.state ?? folded;
  return (
    <div
      className={`node node-${node.folds === undefined ? node.kind : "folded"}${selected ? " node-selected" : ""}${state === undefined ? "" : ` node-${state}`}${node.problem === undefined ? "" : " node-problem"}${node.change === undefined ? "" : ` node-${node.change}`}`}
      style={{ width: node.width, height: node.height }}
      title={node.problem}
    >
      <div className="node-head">
        <Icon size={16} stroke={1.75} className="node-icon" aria-hidden />
        <div className="grow">
          <div className="node-line">
            <span className="node-title ellipsis grow">{node.title}</span>
            {node.change !== undefined && <ChangeGlyph change={node.change} />}
            {node.isPinned && <IconPin size={12} className="node-pin" aria-label="Its outputs are pinned" />}
            {state !== undefined && <StatusMark status={state} iconOnly size={16} />}
          </div>
          <div className="node-line node-marks">
            <span className="node-reference mono ellipsis grow">{node.reference}</span>
            {node.modifiers.map((name) => {
              const [Mark, words] = MODIFIER_ICONS[name];
              return <Mark key={name} size={12} stroke={1.75} aria-label={words} />;
            })}
            {view?.total !== undefined && (
              <span className="node-progress mono">
                {view.done ?? 0}/{view.total}
              </span>
            )}
          </div>
        </div>
      </div>
      {node.inputs.map((port, place) => (
        <PortDot key={`in-${port.name}`} node={node} port={port} place={place} direction="in" />
      ))}
      {node.outputs.map((port, place) => (
        <PortDot key={`out-${port.name}`} node={node} port={port} place={place} direction="out" />
      ))}
    </div>
  );
});

interface PortDotProps {
  readonly node: SceneNode;
  readonly port: Port;
  readonly place: number;
  readonly direction: "in" | "out";
}

function PortDot({ node: { id: node, folds }, port, place, direction }: PortDotProps) {
  const { wire, editable } = useContext(CanvasSurroundings);
  const top = portCentre(place);
  const dimmed =
    wire !== undefined &&
    (wire.direction === direction || wire.node === node
      ? !(wire.node === node && wire.port === port.name && wire.direction === direction)
      : direction === "in"
        ? neverFits(wire, port)
        : neverFits(port, wire));
  const title = `${port.name}: ${port.type}${port.required && direction === "in" ? " (required)" : ""}${port.doc === "" ? "" : `\n${port.doc}`}`;
  return (
    <div
      className={`port port-${direction}${dimmed ? " port-dimmed" : ""}`}
      style={{ top: top - 10 }}
      title={title}
    >
      <Handle
        id={port.name}
        type={direction === "in" ? "target" : "source"}
        position={direction === "in" ? Position.Left : Position.Right}
        isConnectable={editable && folds === undefined}
        className="port-handle"
      >
        <PortGlyph kind={port.kind} />
      </Handle>
      <span className="port-name ellipsis">{port.name}</span>
    </div>
  );
}
