import { useMemo } from "react";
import { parseBody, positionsOf } from "@/domain/graph";
import { boundsOf, buildScene } from "@/domain/scene";
import "./sketch.css";

const NO_PORTS = new Map<string, never>();
const PAD = 24;

/** A small picture of a graph: enough to recognise it by its shape. */
export function GraphSketch({ document }: { readonly document: unknown }) {
  const scene = useMemo(
    () => buildScene({ body: parseBody(document), positions: positionsOf(document), ports: NO_PORTS }),
    [document],
  );
  const box = boundsOf(scene.nodes);
  const byId = new Map(scene.nodes.map((node) => [node.id, node]));
  return (
    <svg
      className="sketch"
      viewBox={`${box.x - PAD} ${box.y - PAD} ${box.width + PAD * 2} ${box.height + PAD * 2}`}
      preserveAspectRatio="xMidYMid meet"
      aria-hidden="true"
    >
      {scene.edges.map((edge) => {
        const [from, to] = [byId.get(edge.source), byId.get(edge.target)];
        if (from === undefined || to === undefined) return null;
        const [x1, y1] = [from.at[0] + from.width, from.at[1] + from.height / 2];
        const [x2, y2] = [to.at[0], to.at[1] + to.height / 2];
        const bend = Math.max(32, Math.abs(x2 - x1) / 2);
        return <path key={edge.id} d={`M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`} />;
      })}
      {scene.nodes.map((node) => (
        <rect
          key={node.id}
          className={`sketch-${node.kind}`}
          x={node.at[0]}
          y={node.at[1]}
          width={node.width}
          height={node.height}
          rx="10"
        />
      ))}
    </svg>
  );
}
