import { MergeView } from "@codemirror/merge";
import { lineNumbers } from "@codemirror/view";
import { useEffect, useRef } from "react";
import { reading } from "./setup";

interface CodeDiffProps {
  readonly path: string;
  readonly before: string;
  readonly after: string;
  /** A line of the new side was pressed, counted from 1. */
  readonly onLine: (line: number) => void;
}

/** Two versions of a file side by side; what is equal is folded away. */
export function CodeDiff({ path, before, after, onLine }: CodeDiffProps) {
  const host = useRef<HTMLDivElement>(null);
  const pressed = useRef(onLine);
  pressed.current = onLine;
  useEffect(() => {
    if (host.current === null) return;
    const comments = lineNumbers({
      domEventHandlers: {
        mousedown: (view, block) => {
          pressed.current(view.state.doc.lineAt(block.from).number);
          return true;
        },
      },
    });
    const view = new MergeView({
      a: { doc: before, extensions: reading(path) },
      b: { doc: after, extensions: [comments, reading(path)] },
      parent: host.current,
      collapseUnchanged: { margin: 4, minSize: 8 },
      gutter: false,
    });
    return () => view.destroy();
  }, [path, before, after]);
  return <div ref={host} className="code code-diff" />;
}
