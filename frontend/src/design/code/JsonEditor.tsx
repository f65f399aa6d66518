import { history, historyKeymap } from "@codemirror/commands";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { useEffect, useRef } from "react";
import { writing } from "./setup";
import "./code.css";

interface JsonEditorProps {
  readonly label: string;
  readonly text: string;
  readonly onChange: (text: string) => void;
  /** Where lines are spoken of: they have numbers, and another `shown` leads to its line. */
  readonly isNumbered?: boolean;
  readonly shown?: { readonly line: number } | undefined;
}

/** JSON to write. Tab leaves the field, as everywhere else. */
export function JsonEditor({ label, text, onChange, isNumbered = false, shown }: JsonEditorProps) {
  const editor = useRef<EditorView>(undefined);
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
          isNumbered ? lineNumbers() : [],
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
    editor.current = view;
    return () => view.destroy();
  }, [label, isNumbered]);
  useEffect(() => {
    const view = editor.current;
    if (view === undefined || shown === undefined || shown.line > view.state.doc.lines) return;
    const { from } = view.state.doc.line(shown.line);
    view.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: "center" }) });
    view.focus();
  }, [shown]);
  return <div ref={host} className="json-editor" />;
}
