import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { useEffect, useRef } from "react";
import { reading } from "./setup";

interface CodeProps {
  readonly text: string;
  readonly path: string;
}

/** A file to read. */
export function Code({ text, path }: CodeProps) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (host.current === null) return;
    const view = new EditorView({
      state: EditorState.create({ doc: text, extensions: reading(path) }),
      parent: host.current,
    });
    return () => view.destroy();
  }, [text, path]);
  return <div ref={host} className="code" />;
}
