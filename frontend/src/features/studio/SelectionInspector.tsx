import { Button } from "@mantine/core";
import { IconLayoutAlignLeft, IconLayoutAlignTop, IconLayoutDistributeHorizontal } from "@tabler/icons-react";
import type { Position } from "@/domain/graph";
import { snap } from "@/domain/scene";
import { countText } from "@/domain/words";
import { CommandList } from "./CommandList";
import { useStudio } from "./studioContext";

export function SelectionInspector({ ids }: { readonly ids: readonly string[] }) {
  const { scene, editor, mayEdit, selected } = useStudio();
  const chosen = scene.nodes.filter(({ id }) => ids.includes(id));
  const left = Math.min(...chosen.map(({ at }) => at[0]));
  const top = Math.min(...chosen.map(({ at }) => at[1]));
  const move = (to: (at: Position, place: number) => Position) => {
    const ordered = [...chosen].sort((a, b) => a.at[0] - b.at[0]);
    editor.move(new Map(ordered.map((node, place) => [node.id, to(node.at, place)])));
  };
  const right = Math.max(...chosen.map(({ at }) => at[0]));
  const step = (right - left) / Math.max(1, chosen.length - 1);
  return (
    <div className="inspector-part">
      <h2>{countText(selected.size, "thing")} selected</h2>
      {mayEdit && ids.length > 1 && (
        <div className="command-list">
          <Button
            variant="default"
            justify="flex-start"
            leftSection={<IconLayoutAlignLeft size={14} />}
            onClick={() => move(([, y]) => [left, y])}
          >
            Align left
          </Button>
          <Button
            variant="default"
            justify="flex-start"
            leftSection={<IconLayoutAlignTop size={14} />}
            onClick={() => move(([x]) => [x, top])}
          >
            Align top
          </Button>
          <Button
            variant="default"
            justify="flex-start"
            leftSection={<IconLayoutDistributeHorizontal size={14} />}
            onClick={() => move(([, y], place) => [snap(left + step * place), y])}
            disabled={chosen.length < 3}
          >
            Space evenly
          </Button>
        </div>
      )}
      {mayEdit && <h3>Together</h3>}
      <CommandList />
      <p className="small muted">
        <kbd className="key">Ctrl C</kbd> copies them, also into other graphs.{" "}
        <kbd className="key">Shift</kbd> and an arrow nudges.
      </p>
    </div>
  );
}
