import { useReactFlow } from "@xyflow/react";
import { useEffect, useRef } from "react";
import { groupKey, noteKey } from "@/domain/annotations";
import { type Position, parseEdge } from "@/domain/graph";
import { GRID, snap } from "@/domain/scene";
import { clip, clippingText, parseClipping } from "./clipping";
import { commandsFor } from "./commands";
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

function isInDialog(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("[role=dialog]") !== null;
}

function isControl(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("button, a, summary") !== null;
}

function isShown(element: Element): boolean {
  return element.getClientRects().length > 0;
}

function isElsewhere(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || isInDialog(target);
}

/** What lies above the canvas and closes by Escape itself. */
const ABOVE = "[role=dialog], [role=alertdialog], [role=menu], [role=listbox]";

/** The canvas from the keyboard, and the clipboard. */
export function useStudioKeys({ onAdd }: StudioKeys): void {
  const studio = useStudio();
  const { screenToFlowPosition } = useReactFlow();
  const pointer = useRef<Point>({ clientX: window.innerWidth / 2, clientY: window.innerHeight / 2 });
  const latest = useRef({ studio, onAdd });
  latest.current = { studio, onAdd };

  useEffect(() => {
    let isCovered = false;
    // Before anybody acts on the key: what closes by it is gone from the page a moment later.
    const look = (event: KeyboardEvent) => {
      isCovered = event.key === "Escape" && [...document.querySelectorAll(ABOVE)].some(isShown);
    };
    const track = (event: PointerEvent) => {
      pointer.current = { clientX: event.clientX, clientY: event.clientY };
    };
    const flowPoint = (): Position => {
      const at = screenToFlowPosition({ x: pointer.current.clientX, y: pointer.current.clientY });
      return [snap(at.x), snap(at.y)];
    };
    const keys = (event: KeyboardEvent) => {
      const { studio, onAdd } = latest.current;
      if (isCovered || event.defaultPrevented) return;
      const isDone =
        everywhere(event, studio) ||
        (!isElsewhere(event.target) &&
          !(event.key === "Enter" && isControl(event.target)) &&
          act(event, studio, () => onAdd(pointer.current), flowPoint()));
      if (isDone) event.preventDefault();
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
      set({ select: new Set(editor.paste(clipping, flowPoint(), parent)) });
    };
    window.addEventListener("pointermove", track);
    window.addEventListener("keydown", look, true);
    // As a tooltip does, which keeps the key that closes it from going further than here.
    document.addEventListener("keydown", keys);
    window.addEventListener("copy", copy);
    window.addEventListener("cut", copy);
    window.addEventListener("paste", paste);
    return () => {
      window.removeEventListener("pointermove", track);
      window.removeEventListener("keydown", look, true);
      document.removeEventListener("keydown", keys);
      window.removeEventListener("copy", copy);
      window.removeEventListener("cut", copy);
      window.removeEventListener("paste", paste);
    };
  }, [screenToFlowPosition]);
}

/** Running and saving are never far, also from a field; a dialog keeps its keys. */
function everywhere(event: KeyboardEvent, { ask, mayRun }: Studio): boolean {
  if (!(event.ctrlKey || event.metaKey) || event.shiftKey || isInDialog(event.target)) return false;
  if (event.key === "Enter" && mayRun) ask({ kind: "run" });
  else if (event.key.toLowerCase() === "s") ask({ kind: "save" });
  else return false;
  return true;
}

type Studio = ReturnType<typeof useStudio>;

const BY_KEYS: Readonly<Record<string, string>> = {
  "Ctrl g": "group",
  "Ctrl Shift g": "ungroup",
  "Ctrl .": "fold",
  "Ctrl d": "double",
  "Shift n": "note",
  "Shift Enter": "upto",
  "Alt Enter": "from",
  Enter: "open",
  Delete: "delete",
  Backspace: "delete",
};

function keysOf(event: KeyboardEvent, key: string): string {
  const held = [
    (event.ctrlKey || event.metaKey) && "Ctrl",
    event.altKey && "Alt",
    event.shiftKey && key !== "?" && "Shift",
  ].filter((each) => each !== false);
  return [...held, key].join(" ");
}

function act(event: KeyboardEvent, studio: Studio, add: () => void, at: Position): boolean {
  const { editor, mayEdit, selected, set, scope, scene, ask } = studio;
  const keys = keysOf(event, event.key.length === 1 ? event.key.toLowerCase() : event.key);
  if (keys === "?") {
    ask({ kind: "keys" });
    return true;
  }
  if (keys === "Escape") {
    if (selected.size > 0) set({ select: new Set() });
    else if (scope.length > 0) set({ scope: scope.slice(0, -1) });
    return true;
  }
  if (keys === "Ctrl a") {
    set({
      select: new Set([...scene.nodes.map(({ id }) => id), ...scene.notes.map(({ id }) => noteKey(id))]),
    });
    return true;
  }
  const arrow = ARROWS[event.key];
  if (arrow !== undefined && keys === event.key) return walk(studio, arrow);
  const named = BY_KEYS[keys];
  if (named !== undefined) {
    const command = commandsFor(studio, at).find(({ key }) => key === named);
    command?.act();
    return command !== undefined;
  }
  if (!mayEdit) return false;
  if (keys === "Ctrl z") editor.undo.undo();
  else if (keys === "Ctrl Shift z" || keys === "Ctrl y") editor.undo.redo();
  else if (keys === "n") add();
  else if (arrow !== undefined && keys === `Shift ${event.key}`) return nudge(studio, arrow);
  else return false;
  return true;
}

function nudge({ scene, selected, editor }: Studio, [dx, dy]: Position): boolean {
  const moved = new Map<string, Position>();
  const put = (key: string, at: Position) =>
    selected.has(key) && moved.set(key, [at[0] + dx * GRID, at[1] + dy * GRID]);
  for (const node of scene.nodes) put(node.id, node.at);
  for (const note of scene.notes) put(noteKey(note.id), note.at);
  for (const frame of scene.frames)
    if (selected.has(groupKey(frame.id)))
      for (const node of scene.nodes)
        if (frame.nodes.includes(node.id))
          moved.set(node.id, [node.at[0] + dx * GRID, node.at[1] + dy * GRID]);
  editor.move(moved);
  return moved.size > 0;
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
