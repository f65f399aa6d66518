import { cursorLineDown, cursorLineUp } from "@codemirror/commands";
import { MergeView, unifiedMergeView } from "@codemirror/merge";
import { EditorState, type Extension } from "@codemirror/state";
import { EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { Fragment, type ReactNode, useEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { notes as notesField, setNotes } from "./notes";
import { reading } from "./setup";
import "./code.css";

interface CodeDiffProps {
  readonly path: string;
  /** Null where there is no such file on that side. */
  readonly before: string | null;
  readonly after: string | null;
  readonly isSplit: boolean;
  /** What stands below lines of the new side, counted from 1. */
  readonly notes: ReadonlyMap<number, ReactNode>;
  readonly shownLine?: number | undefined;
  /** A line of the new side was chosen: pressed in its margin, or Enter on it. */
  readonly onLine?: ((line: number) => void) | undefined;
}

const FOLD = { margin: 4, minSize: 8 } as const;

/** Two versions of a file, side by side or in one column; what is equal is folded away. */
export function CodeDiff({ path, before, after, isSplit, notes, shownLine, onLine }: CodeDiffProps) {
  const host = useRef<HTMLDivElement>(null);
  const chosen = useRef(onLine);
  chosen.current = onLine;
  const isNoted = useRef(notes.size > 0 || shownLine !== undefined);
  const [view, setView] = useState<EditorView>();
  const [hosts, setHosts] = useState<ReadonlyMap<number, HTMLElement>>(new Map());

  useEffect(() => {
    if (host.current === null) return;
    const fold = isNoted.current ? undefined : FOLD;
    const { main, destroy } = open(host.current, { path, before, after, isSplit, fold }, (line) =>
      chosen.current?.(line),
    );
    setView(main);
    return () => {
      setView(undefined);
      destroy();
    };
  }, [path, before, after, isSplit]);

  const lines = [...notes.keys()].sort((a, b) => a - b).join();
  useEffect(() => {
    if (view === undefined) return;
    const made = new Map<number, HTMLElement>();
    for (const line of lines === "" ? [] : lines.split(",").map(Number)) {
      const element = document.createElement("div");
      element.className = "code-note";
      made.set(line, element);
    }
    view.dispatch({ effects: setNotes.of({ hosts: made, shownLine }) });
    setHosts(made);
    const sizes = new ResizeObserver(() => view.requestMeasure());
    for (const element of made.values()) sizes.observe(element);
    return () => sizes.disconnect();
  }, [view, lines, shownLine]);

  useEffect(() => {
    if (view === undefined || shownLine === undefined || shownLine > view.state.doc.lines) return;
    const { from } = view.state.doc.line(shownLine);
    view.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: "center" }) });
  }, [view, shownLine]);

  return (
    <>
      <div ref={host} className={`code code-diff${onLine === undefined ? "" : " code-chooses"}`} />
      {[...hosts].map(([line, element]) => (
        <Fragment key={line}>{createPortal(notes.get(line), element)}</Fragment>
      ))}
    </>
  );
}

interface Comparison extends Pick<CodeDiffProps, "path" | "before" | "after" | "isSplit"> {
  readonly fold: typeof FOLD | undefined;
}

interface Opened {
  readonly main: EditorView;
  readonly destroy: () => void;
}

function open(parent: HTMLElement, compared: Comparison, onLine: (line: number) => void): Opened {
  const { path, before, after, isSplit, fold } = compared;
  const main: Extension = [choosing(onLine), notesField, reading(path)];
  const folding = fold === undefined ? {} : { collapseUnchanged: fold };
  if (before !== null && after !== null && isSplit) {
    const merge = new MergeView({
      a: { doc: before, extensions: reading(path) },
      b: { doc: after, extensions: main },
      parent,
      gutter: false,
      ...folding,
    });
    return { main: merge.b, destroy: () => merge.destroy() };
  }
  const unified =
    before !== null && after !== null
      ? unifiedMergeView({ original: before, mergeControls: false, gutter: false, ...folding })
      : [];
  const extensions = after === null ? reading(path) : [unified, main];
  const view = new EditorView({
    state: EditorState.create({ doc: after ?? before ?? "", extensions }),
    parent,
  });
  return { main: view, destroy: () => view.destroy() };
}

function choosing(onLine: (line: number) => void): Extension {
  const at = (view: EditorView, position: number) => onLine(view.state.doc.lineAt(position).number);
  return [
    lineNumbers({
      domEventHandlers: {
        mousedown: (view, block) => {
          at(view, block.from);
          return true;
        },
      },
    }),
    highlightActiveLine(),
    keymap.of([
      { key: "ArrowUp", run: cursorLineUp },
      { key: "ArrowDown", run: cursorLineDown },
      {
        key: "Enter",
        run: (view) => {
          at(view, view.state.selection.main.head);
          return true;
        },
      },
    ]),
  ];
}
