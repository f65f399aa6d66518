import {
  IconCopy,
  IconHierarchy2,
  IconNote,
  IconPin,
  IconPinnedOff,
  IconPlayerSkipForward,
  IconPlayerTrackNext,
  IconTrash,
  type TablerIcon,
} from "@tabler/icons-react";
import { noteKey, parseKey, spotBeside } from "@/domain/annotations";
import type { Position } from "@/domain/graph";
import { isObject } from "@/domain/json";
import { isPinnable, samplePin } from "@/domain/pins";
import { GRID } from "@/domain/scene";
import { clip } from "./clipping";
import { shaping } from "./shaping";
import type { StudioContext } from "./studioContext";

export interface Command {
  readonly key: string;
  readonly title: string;
  readonly keys?: string;
  readonly Icon: TablerIcon;
  readonly act: () => void;
  readonly part: "run" | "shape" | "edit";
}

type Studio = StudioContext;

const RUNS: ReadonlySet<string> = new Set([
  "module",
  "layer",
  "graph",
  "wait",
  "signal",
  "approval",
  "output",
]);

/** What can be done with what is selected. Keys, the menu on the canvas and the inspector offer the same. */
export function commandsFor(studio: Studio, at: Position = [0, 0]): readonly Command[] {
  const { selected, draft, editor, set, scope, mayEdit, mayRun, prefix, ask } = studio;
  const nodes = [...selected].filter((id) => id in draft.body.nodes);
  const groups = [...selected].flatMap((key) => {
    const part = parseKey(key);
    return part?.kind === "group" ? [part.id] : [];
  });
  const [only] = nodes.length === 1 && selected.size === 1 ? nodes : [];
  const holder = only !== undefined && isObject(draft.body.nodes[only]?.["body"]) ? only : undefined;
  const lone = only === undefined ? undefined : draft.body.nodes[only];
  const sample =
    lone !== undefined && isPinnable(lone) && !((only ?? "") in draft.pins)
      ? samplePin(studio.scene.nodes.find(({ id }) => id === only)?.outputs ?? [])
      : undefined;
  const runnable = nodes.filter((id) => mayRun && RUNS.has(draft.body.nodes[id]?.kind ?? ""));
  const commands: (Command | false | undefined)[] = [
    runnable.length > 0 && {
      key: "upto",
      title: "Run up to here",
      keys: "Shift Enter",
      Icon: IconPlayerSkipForward,
      part: "run",
      act: () => ask({ kind: "run", upto: runnable.map((id) => prefix + id) }),
    },
    runnable.length > 0 && {
      key: "from",
      title: "Run from here",
      keys: "Alt Enter",
      Icon: IconPlayerTrackNext,
      part: "run",
      act: () => ask({ kind: "run", from: runnable.map((id) => prefix + id) }),
    },
    mayEdit &&
      sample !== undefined && {
        key: "pin",
        title: "Pin values in place of the call",
        Icon: IconPin,
        part: "run",
        act: () => editor.setPin(only ?? "", sample),
      },
    mayEdit &&
      nodes.some((id) => id in draft.pins) && {
        key: "unpin",
        title: "Let it run again",
        Icon: IconPinnedOff,
        part: "run",
        act: () => {
          for (const id of nodes) editor.setPin(id, undefined);
        },
      },
    holder !== undefined && {
      key: "open",
      title: "Open the sub-graph",
      keys: "Enter",
      Icon: IconHierarchy2,
      part: "shape",
      act: () => set({ scope: [...scope, holder] }),
    },
  ];
  if (mayEdit) commands.push(...shaping(studio, nodes, groups, holder), ...editing(studio, at));
  return commands.filter((command) => typeof command === "object");
}

function editing({ draft, editor, set, selected, parent, scene }: Studio, at: Position): (Command | false)[] {
  const nodes = scene.nodes.filter(({ id }) => selected.has(id));
  const [first] = nodes;
  const nearest = first ?? nearestTo(scene.nodes, at);
  return [
    (parent === undefined || nearest !== undefined) && {
      key: "note",
      title: first === undefined ? "Add a note" : "Add a note to it",
      keys: "Shift N",
      Icon: IconNote,
      part: "edit",
      act: () => {
        const anchor = first?.id ?? (parent === undefined ? "" : (nearest?.id ?? ""));
        const place = first === undefined ? at : spotBeside(first, scene);
        set({ select: new Set([noteKey(editor.addNote(place, anchor))]) });
      },
    },
    nodes.length > 0 && {
      key: "double",
      title: "Double",
      keys: "Ctrl D",
      Icon: IconCopy,
      part: "edit",
      act: () => {
        const clipping = clip(draft.body, draft.positions, selected);
        if (clipping === undefined) return;
        const x = Math.min(...nodes.map((node) => node.at[0]));
        const y = Math.min(...nodes.map((node) => node.at[1]));
        set({ select: new Set(editor.paste(clipping, [x + GRID * 4, y + GRID * 4], parent)) });
      },
    },
    selected.size > 0 && {
      key: "delete",
      title: "Delete",
      keys: "Del",
      Icon: IconTrash,
      part: "edit",
      act: () => {
        editor.remove(selected);
        set({ select: new Set() });
      },
    },
  ];
}

function nearestTo(
  nodes: Studio["scene"]["nodes"],
  [x, y]: Position,
): Studio["scene"]["nodes"][number] | undefined {
  const distance = (node: (typeof nodes)[number]) => Math.abs(node.at[0] - x) + Math.abs(node.at[1] - y);
  return [...nodes].sort((a, b) => distance(a) - distance(b))[0];
}
