import type { LiveRun } from "@/api/useRunFeed";
import { later } from "@/design/later";
import { Loading } from "@/design/Message";
import { parseKey } from "@/domain/annotations";
import { parseEdge } from "@/domain/graph";
import { GraphInspector } from "./GraphInspector";
import { useStudio } from "./studioContext";

const EdgeInspector = later(
  () => import("./EdgeInspector").then(({ EdgeInspector }) => EdgeInspector),
  <Loading rows={5} />,
);
const GroupInspector = later(
  () => import("./GroupInspector").then(({ GroupInspector }) => GroupInspector),
  <Loading rows={5} />,
);
const NoteInspector = later(
  () => import("./NoteInspector").then(({ NoteInspector }) => NoteInspector),
  <Loading rows={5} />,
);
const NodeInspector = later(
  () => import("./NodeInspector").then(({ NodeInspector }) => NodeInspector),
  <Loading rows={5} />,
);
const SelectionInspector = later(
  () => import("./SelectionInspector").then(({ SelectionInspector }) => SelectionInspector),
  <Loading rows={5} />,
);

export const INSPECTORS = [EdgeInspector, NodeInspector, SelectionInspector, GroupInspector, NoteInspector];

/** What is selected, or the graph itself when nothing is. */
export function Inspector({ live }: { readonly live: LiveRun }) {
  const { selected, draft } = useStudio();
  const nodes = [...selected].filter((id) => id in draft.body.nodes);
  const [id] = nodes;
  const edge = [...selected].find((each) => parseEdge(each) !== undefined && each in draft.body.edges);
  const parts = [...selected].flatMap((key) => parseKey(key) ?? []);
  const [part] = parts;
  return (
    <aside className="studio-inspector" aria-label="Inspector">
      {nodes.length + parts.length > 1 ? (
        <SelectionInspector ids={nodes} />
      ) : part?.kind === "group" ? (
        <GroupInspector key={part.id} id={part.id} />
      ) : part?.kind === "note" ? (
        <NoteInspector key={part.id} id={part.id} />
      ) : id !== undefined ? (
        <NodeInspector key={id} id={id} live={live} />
      ) : edge !== undefined ? (
        <EdgeInspector key={edge} id={edge} live={live} />
      ) : (
        <GraphInspector />
      )}
    </aside>
  );
}
