/** Automatic layout by layers, in a worker that can be stopped. */

import ELK, { type ElkNode } from "elkjs/lib/elk-api.js";
import workerAddress from "elkjs/lib/elk-worker.min.js?url";
import type { Position } from "@/domain/graph";
import { portCentre, type Scene, snap } from "@/domain/scene";

const OPTIONS = {
  "elk.algorithm": "layered",
  "elk.direction": "RIGHT",
  "elk.layered.spacing.nodeNodeBetweenLayers": "64",
  "elk.spacing.nodeNode": "40",
  "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
};
const LARGE = 300;
const FAST = {
  "elk.layered.thoroughness": "1",
  "elk.layered.nodePlacement.strategy": "SIMPLE",
  "elk.edgeRouting": "POLYLINE",
};

export interface Layouting {
  readonly positions: Promise<ReadonlyMap<string, Position>>;
  readonly stop: () => void;
}

export function layOut(scene: Scene): Layouting {
  const elk = new ELK({
    workerUrl: workerAddress,
    workerFactory: (address) => new Worker(address ?? workerAddress),
  });
  const port = (node: string, name: string, side: "WEST" | "EAST", place: number, x: number) => ({
    id: `${node}:${side}:${name}`,
    x,
    y: portCentre(place),
    width: 0,
    height: 0,
    layoutOptions: { "elk.port.side": side },
  });
  const graph: ElkNode = {
    id: "root",
    layoutOptions: scene.nodes.length > LARGE ? { ...OPTIONS, ...FAST } : OPTIONS,
    children: scene.nodes.map((node) => ({
      id: node.id,
      width: node.width,
      height: node.height,
      layoutOptions: { "elk.portConstraints": "FIXED_POS" },
      ports: [
        ...node.inputs.map((each, place) => port(node.id, each.name, "WEST", place, 0)),
        ...node.outputs.map((each, place) => port(node.id, each.name, "EAST", place, node.width)),
      ],
    })),
    edges: scene.edges.map((edge) => ({
      id: edge.id,
      sources: [`${edge.source}:EAST:${edge.output}`],
      targets: [`${edge.target}:WEST:${edge.input}`],
    })),
  };
  const positions = elk
    .layout(graph)
    .then(
      ({ children = [] }) =>
        new Map(
          children.map((child): [string, Position] => [child.id, [snap(child.x ?? 0), snap(child.y ?? 0)]]),
        ),
    )
    .finally(() => elk.terminateWorker());
  return { positions, stop: () => elk.terminateWorker() };
}
