import { lazy, Suspense } from "react";
import type { LiveRun } from "@/api/useRunFeed";
import { Loading } from "@/design/Message";
import { parseKey } from "@/domain/annotations";
import { parseEdge } from "@/domain/graph";
import { GraphInspector } from "./GraphInspector";
import { useStudio } from "./studioContext";

const EdgeInspector = lazy(() =>
  import("./EdgeInspector").then(({ EdgeInspector }) => ({ default: EdgeInspector })),
);
const GroupInspector = lazy(() =>
  import("./GroupInspector").then(({ GroupInspector }) => ({ default: GroupInspector })),
);
const NoteInspector = lazy(() =>
  import("./NoteInspector").then(({ NoteInspector }) => ({ default: NoteInspector })),
);
const NodeInspector = lazy(() =>
  import("./NodeInspector").then(({ NodeInspector }) => ({ default: NodeInspector })),
);
const SelectionInspector = lazy(() =>
  import("./SelectionInspector").then(({ SelectionInspector }) => ({ default: SelectionInspector })),
);

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
      <Suspense fallback={<Loading rows={5} />}>
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
      </Suspense>
    </aside>
  );
}
