import { Breadcrumbs, UnstyledButton } from "@mantine/core";
import { nodesOf, plainNode } from "@/domain/draft";
import { nodeTitle } from "@/domain/graph";
import { useStudio } from "./studioContext";

/** The way from the graph down to the sub-graph that is entered. */
export function ScopePath() {
  const { scope, set, draft, editor } = useStudio();
  if (scope.length === 0) return null;
  const titleOf = (id: string) => {
    const map = nodesOf(editor.doc).get(id);
    const node = map === undefined ? undefined : plainNode(map);
    return node === undefined ? id : nodeTitle(id, node);
  };
  return (
    <Breadcrumbs className="scope-path" separatorMargin={6}>
      <UnstyledButton onClick={() => set({ scope: [] })}>{draft.title || "Graph"}</UnstyledButton>
      {scope.map((id, place) => (
        <UnstyledButton key={id} onClick={() => set({ scope: scope.slice(0, place + 1) })}>
          {titleOf(id)}
        </UnstyledButton>
      ))}
    </Breadcrumbs>
  );
}
