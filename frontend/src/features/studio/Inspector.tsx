import type { LiveRun } from "@/api/useRunFeed";
import { parseEdge } from "@/domain/graph";
import { EdgeInspector } from "./EdgeInspector";
import { GraphInspector } from "./GraphInspector";
import { NodeInspector } from "./NodeInspector";
import { SelectionInspector } from "./SelectionInspector";
import { useStudio } from "./studioContext";

/** What is selected, or the graph itself when nothing is. */
export function Inspector({ live }: { readonly live: LiveRun }) {
  const { selected, draft } = useStudio();
  const nodes = [...selected].filter((id) => id in draft.body.nodes);
  const [id] = nodes;
  const edge = [...selected].find((each) => parseEdge(each) !== undefined && each in draft.body.edges);
  return (
    <aside className="studio-inspector" aria-label="Inspector">
      {nodes.length > 1 ? (
        <SelectionInspector ids={nodes} />
      ) : id !== undefined ? (
        <NodeInspector key={id} id={id} live={live} />
      ) : edge !== undefined ? (
        <EdgeInspector key={edge} id={edge} />
      ) : (
        <GraphInspector />
      )}
    </aside>
  );
}
