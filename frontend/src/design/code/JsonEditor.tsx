import { history, historyKeymap } from "@codemirror/commands";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { useEffect, useRef } from "react";
import { writing } from "./setup";
import "./code.css";

interface JsonEditorProps {
  readonly label: string;
  readonly text: string;
  readonly onChange: (text: string) => void;
}

/** JSON to write. Tab leaves the field, as everywhere else. */
export function JsonEditor({ label, text, onChange }: JsonEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const first = useRef(text);
  const changed = useRef(onChange);
  changed.current = onChange;
  useEffect(() => {
    if (host.current === null) return;
    const view = new EditorView({
      state: EditorState.create({
        doc: first.current,
        extensions: [
          writing("value.json"),
          history(),
          keymap.of(historyKeymap),
          EditorView.contentAttributes.of({ "aria-label": label }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) changed.current(update.state.doc.toString());
          }),
        ],
      }),
      parent: host.current,
    });
    return () => view.destroy();
  }, [label]);
  return <div ref={host} className="json-editor" />;
}
