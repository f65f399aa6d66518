import { useReactFlow } from "@xyflow/react";
import { type DragEvent, type MouseEvent, useCallback, useMemo, useState } from "react";
import { GraphCanvas } from "@/design/canvas/GraphCanvas";
import { later } from "@/design/later";
import { parseKey } from "@/domain/annotations";
import { foldGroups } from "@/domain/folding";
import type { Position } from "@/domain/graph";
import { isObject } from "@/domain/json";
import { snap } from "@/domain/scene";
import type { MenuAt } from "./CanvasMenu";
import { LayoutButton } from "./LayoutButton";
import { DRAG_TYPE, takeDragged } from "./Palette";
import { PeopleMarks } from "./PeopleMarks";
import { QuickAdd, type QuickAddAt } from "./QuickAdd";
import { RefusedWire } from "./RefusedWire";
import type { Room } from "./room";
import { ScopePath } from "./ScopePath";
import { useStudio } from "./studioContext";
import { useJudge } from "./useJudge";
import { useOwnCursor } from "./useOwnCursor";
import { useStudioKeys } from "./useStudioKeys";
import { type Ends, useWiring } from "./useWiring";

export const CanvasMenu = later(() => import("./CanvasMenu").then(({ CanvasMenu }) => CanvasMenu));

export function StudioCanvas({ room }: { readonly room: Room }) {
  const studio = useStudio();
  const { editor, selected, set, mayEdit, parent, draft, prefix, statuses, welcome, scope, graph } = studio;
  const { screenToFlowPosition } = useReactFlow();
  const scene = useMemo(() => foldGroups(studio.scene, draft.groups), [studio.scene, draft.groups]);
  const [adding, setAdding] = useState<QuickAddAt>();
  const [menu, setMenu] = useState<MenuAt>();
  const { judge, refused, dismiss } = useJudge();

  const place = useCallback(
    ({ clientX, clientY }: Ends): Position => {
      const at = screenToFlowPosition({ x: clientX, y: clientY });
      return [snap(at.x), snap(at.y)];
    },
    [screenToFlowPosition],
  );
  const openQuickAdd = useCallback(
    (at: Ends, extra: Partial<QuickAddAt> = {}) =>
      mayEdit && setAdding({ screen: [at.clientX, at.clientY], flow: place(at), ...extra }),
    [mayEdit, place],
  );
  const onNowhere = useCallback(
    (at: Ends, wire: NonNullable<QuickAddAt["wire"]>) => void openQuickAdd(at, { wire }),
    [openQuickAdd],
  );
  const { wire, handlers } = useWiring(judge, onNowhere);
  const cursor = useOwnCursor(room, parent, place);
  useStudioKeys({ onAdd: (at) => openQuickAdd(onCanvas(at)) });

  const editing = useMemo(() => {
    if (!mayEdit) return undefined;
    return {
      onMove: (moved: ReadonlyMap<string, Position>) => editor.move(unfolded(moved, scene, studio.scene)),
      onNote: editor.setNote,
      flow: {
        ...handlers,
        onDragOver: (event: DragEvent) => {
          if (!event.dataTransfer.types.includes(DRAG_TYPE)) return;
          event.preventDefault();
          event.dataTransfer.dropEffect = "copy";
        },
        onDrop: (event: DragEvent) => {
          const addition = takeDragged();
          if (addition === undefined) return;
          event.preventDefault();
          welcome(editor.addNode(addition.node, place(event), parent), addition);
        },
      },
    };
  }, [mayEdit, handlers, scene, studio.scene, editor, welcome, place, parent]);

  const open = (key: string) => {
    const part = parseKey(key);
    const group = part?.kind === "group" ? draft.groups.find(({ id }) => id === part.id) : undefined;
    if (group !== undefined && mayEdit) editor.setGroup(group.id, { collapsed: !group.isFolded });
    else if (isObject(draft.body.nodes[key]?.["body"])) set({ scope: [...scope, key] });
  };
  const onContextMenu = (event: MouseEvent) => {
    const target = event.target as Element;
    const id = target.closest<HTMLElement>(".react-flow__node")?.dataset["id"];
    if (target.closest(".react-flow") === null || target.closest("textarea") !== null) return;
    event.preventDefault();
    if (id !== undefined && !selected.has(id)) set({ select: new Set([id]) });
    setMenu({ screen: [event.clientX, event.clientY], flow: place(event) });
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the same can be done from the keyboard with N.
    <div
      className="studio-canvas"
      {...cursor}
      onContextMenu={onContextMenu}
      onDoubleClick={(event) => {
        const target = event.target as Element;
        const edge = target.closest<SVGElement>(".react-flow__edge")?.dataset["id"];
        if (edge !== undefined) openQuickAdd(event, { insertOn: edge });
        else if (target.classList.contains("react-flow__pane")) openQuickAdd(event);
      }}
    >
      <ScopePath />
      <GraphCanvas
        scene={scene}
        label={`Graph ${draft.title}`}
        selected={selected}
        onSelect={(ids) => set({ select: ids })}
        onOpen={open}
        statuses={statuses}
        prefix={prefix}
        wire={wire}
        editing={editing}
        fitKey={`${graph.id}/${prefix}`}
      >
        <LayoutButton />
        <PeopleMarks room={room} scene={scene} />
      </GraphCanvas>
      {scene.nodes.length === 0 && mayEdit && adding === undefined && (
        <EmptyCanvas isInside={scope.length > 0} />
      )}
      {adding !== undefined && <QuickAdd at={adding} onClose={() => setAdding(undefined)} />}
      {menu !== undefined && <CanvasMenu at={menu} onClose={() => setMenu(undefined)} />}
      {refused !== undefined && <RefusedWire refused={refused} onClose={dismiss} />}
    </div>
  );
}

/** The pointer, or the middle of the canvas where the pointer is elsewhere. */
function onCanvas(at: Ends): Ends {
  const box = document.querySelector(".studio-canvas")?.getBoundingClientRect();
  if (box === undefined) return at;
  const isThere =
    at.clientX >= box.left && at.clientX <= box.right && at.clientY >= box.top && at.clientY <= box.bottom;
  return isThere ? at : { clientX: box.left + box.width / 2, clientY: box.top + box.height / 3 };
}

function EmptyCanvas({ isInside }: { readonly isInside: boolean }) {
  return (
    <div className="studio-empty">
      <h2>{isInside ? "This sub-graph is empty" : "This graph is empty"}</h2>
      <p>
        Double-click anywhere, press <kbd className="key">N</kbd>, or drag a module in from the palette. Then
        drag from a port: only what fits is offered.
      </p>
    </div>
  );
}

type Scene = ReturnType<typeof useStudio>["scene"];

/** A folded group that was moved takes its nodes along. */
function unfolded(
  moved: ReadonlyMap<string, Position>,
  shown: Scene,
  whole: Scene,
): ReadonlyMap<string, Position> {
  const all = new Map(moved);
  for (const card of shown.nodes) {
    const to = card.folds === undefined ? undefined : moved.get(card.id);
    if (to === undefined) continue;
    for (const node of whole.nodes) {
      if (card.folds?.includes(node.id) !== true) continue;
      all.set(node.id, [node.at[0] + to[0] - card.at[0], node.at[1] + to[1] - card.at[1]]);
    }
  }
  return all;
}
