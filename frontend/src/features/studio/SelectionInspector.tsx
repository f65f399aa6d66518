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
  const right = Math.max(...chosen.map(({ at }) => at[0]));
  const step = (right - left) / Math.max(1, chosen.length - 1);
  const move = (to: (at: Position, place: number) => Position) => {
    const ordered = [...chosen].sort((a, b) => a.at[0] - b.at[0]);
    editor.move(new Map(ordered.map((node, place) => [node.id, to(node.at, place)])));
  };
  const isAlone = ids.length === selected.size;
  return (
    <div className="inspector-part">
      <h2>{isAlone ? countText(ids.length, "node") : countText(selected.size, "thing")} selected</h2>
      <CommandList />
      {mayEdit && ids.length > 1 && (
        <section className="column tight">
          <h3>Place</h3>
          <div className="command-list">
            <button type="button" onClick={() => move(([, y]) => [left, y])}>
              <IconLayoutAlignLeft size={14} aria-hidden /> Align left
            </button>
            <button type="button" onClick={() => move(([x]) => [x, top])}>
              <IconLayoutAlignTop size={14} aria-hidden /> Align top
            </button>
            <button
              type="button"
              onClick={() => move(([, y], place) => [snap(left + step * place), y])}
              disabled={chosen.length < 3}
            >
              <IconLayoutDistributeHorizontal size={14} aria-hidden /> Space evenly
            </button>
          </div>
        </section>
      )}
      <p className="small muted">
        <kbd className="key">Ctrl C</kbd> copies them, also into other graphs.
      </p>
    </div>
  );
}
