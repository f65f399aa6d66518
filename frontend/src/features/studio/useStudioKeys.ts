import { useReactFlow } from "@xyflow/react";
import { useEffect, useRef } from "react";
import { type Position, parseEdge } from "@/domain/graph";
import { GRID, snap } from "@/domain/scene";
import { clip, clippingText, parseClipping } from "./clipping";
import { useStudio } from "./studioContext";

type Point = { readonly clientX: number; readonly clientY: number };

interface StudioKeys {
  readonly onAdd: (at: Point) => void;
}

const ARROWS: Readonly<Record<string, Position>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

function isElsewhere(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable ||
    /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) ||
    target.closest("[role=dialog]") !== null
  );
}

/** The canvas from the keyboard, and the clipboard. */
export function useStudioKeys({ onAdd }: StudioKeys): void {
  const studio = useStudio();
  const { screenToFlowPosition } = useReactFlow();
  const pointer = useRef<Point>({ clientX: window.innerWidth / 2, clientY: window.innerHeight / 2 });
  const latest = useRef({ studio, onAdd });
  latest.current = { studio, onAdd };

  useEffect(() => {
    const track = (event: PointerEvent) => {
      pointer.current = { clientX: event.clientX, clientY: event.clientY };
    };
    const keys = (event: KeyboardEvent) => {
      if (isElsewhere(event.target)) return;
      if (act(event, latest.current.studio, () => latest.current.onAdd(pointer.current)))
        event.preventDefault();
    };
    const copy = (event: ClipboardEvent) => {
      const { draft, selected, editor, mayEdit, set } = latest.current.studio;
      if (isElsewhere(event.target) || window.getSelection()?.toString()) return;
      const clipping = clip(draft.body, draft.positions, selected);
      if (clipping === undefined || event.clipboardData === null) return;
      event.clipboardData.setData("text/plain", clippingText(clipping));
      event.preventDefault();
      if (event.type === "cut" && mayEdit) {
        editor.remove(selected);
        set({ select: new Set() });
      }
    };
    const paste = (event: ClipboardEvent) => {
      const { editor, mayEdit, parent, set } = latest.current.studio;
      if (isElsewhere(event.target) || !mayEdit) return;
      const clipping = parseClipping(event.clipboardData?.getData("text/plain") ?? "");
      if (clipping === undefined) return;
      event.preventDefault();
      const at = screenToFlowPosition({ x: pointer.current.clientX, y: pointer.current.clientY });
      set({ select: new Set(editor.paste(clipping, [snap(at.x), snap(at.y)], parent)) });
    };
    window.addEventListener("pointermove", track);
    window.addEventListener("keydown", keys);
    window.addEventListener("copy", copy);
    window.addEventListener("cut", copy);
    window.addEventListener("paste", paste);
    return () => {
      window.removeEventListener("pointermove", track);
      window.removeEventListener("keydown", keys);
      window.removeEventListener("copy", copy);
      window.removeEventListener("cut", copy);
      window.removeEventListener("paste", paste);
    };
  }, [screenToFlowPosition]);
}

type Studio = ReturnType<typeof useStudio>;

function act(event: KeyboardEvent, studio: Studio, add: () => void): boolean {
  const { editor, mayEdit, selected, set, scope, draft, scene, parent } = studio;
  const command = event.ctrlKey || event.metaKey;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (key === "Escape") {
    if (selected.size > 0) set({ select: new Set() });
    else if (scope.length > 0) set({ scope: scope.slice(0, -1) });
    return true;
  }
  if (command && key === "a") {
    set({ select: new Set(scene.nodes.map(({ id }) => id)) });
    return true;
  }
  const arrow = ARROWS[key];
  if (arrow !== undefined && !event.shiftKey && !command) return walk(studio, arrow);
  if (!mayEdit) return false;
  if (command && key === "z") {
    if (event.shiftKey) editor.undo.redo();
    else editor.undo.undo();
    return true;
  }
  if (command && key === "y") {
    editor.undo.redo();
    return true;
  }
  if (command && key === "d") {
    const clipping = clip(draft.body, draft.positions, selected);
    if (clipping === undefined) return true;
    const [x, y] = corner(studio);
    set({ select: new Set(editor.paste(clipping, [x + GRID * 4, y + GRID * 4], parent)) });
    return true;
  }
  if ((key === "Delete" || key === "Backspace") && selected.size > 0) {
    editor.remove(selected);
    set({ select: new Set() });
    return true;
  }
  if (arrow !== undefined && event.shiftKey) {
    const moved = scene.nodes.filter(({ id }) => selected.has(id));
    const at = ([x, y]: Position): Position => [x + arrow[0] * GRID, y + arrow[1] * GRID];
    editor.move(new Map(moved.map((node) => [node.id, at(node.at)])));
    return moved.length > 0;
  }
  if (!command && key === "n") {
    add();
    return true;
  }
  return false;
}

function corner({ scene, selected }: Studio): Position {
  const chosen = scene.nodes.filter(({ id }) => selected.has(id));
  return [Math.min(...chosen.map(({ at }) => at[0])), Math.min(...chosen.map(({ at }) => at[1]))];
}

/** Left and right follow the wires; up and down go to the neighbour in place. */
function walk({ scene, selected, set, draft }: Studio, [dx, dy]: Position): boolean {
  const [from] = scene.nodes.filter(({ id }) => selected.has(id));
  if (from === undefined) return false;
  const linked = new Set(
    Object.keys(draft.body.edges).flatMap((edge) => {
      const ends = parseEdge(edge);
      if (dx > 0) return ends?.source === from.id ? [ends.target] : [];
      return dx < 0 && ends?.target === from.id ? [ends.source] : [];
    }),
  );
  const candidates = scene.nodes.filter((node) =>
    dx !== 0 ? linked.has(node.id) : node.id !== from.id && Math.sign(node.at[1] - from.at[1]) === dy,
  );
  const distance = (at: Position) => Math.abs(at[0] - from.at[0]) + Math.abs(at[1] - from.at[1]);
  const [next] = [...candidates].sort((a, b) => distance(a.at) - distance(b.at));
  if (next !== undefined) set({ select: new Set([next.id]) });
  return true;
}
