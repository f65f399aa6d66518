import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching } from "@codemirror/language";
import { EditorState, Prec } from "@codemirror/state";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { graphql, updateSchema } from "cm6-graphql";
import type { GraphQLSchema } from "graphql";
import { useEffect, useRef } from "react";
import { writing } from "@/design/code/setup";

interface OperationEditorProps {
  readonly text: string;
  readonly schema: GraphQLSchema | undefined;
  readonly onChange: (text: string, cursor: number) => void;
  readonly onRun: () => void;
  /** Somebody asked what a type is. */
  readonly onType: (name: string) => void;
}

/** GraphQL to write, with completion and problems from the schema. Takes another text by another key. */
export function OperationEditor({ text, schema, onChange, onRun, onType }: OperationEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const first = useRef(text);
  const latest = useRef({ onChange, onRun, onType });
  latest.current = { onChange, onRun, onType };

  useEffect(() => {
    if (host.current === null) return;
    const run = () => {
      latest.current.onRun();
      return true;
    };
    const made = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: first.current,
        extensions: [
          Prec.highest(keymap.of([{ key: "Mod-Enter", run }])),
          writing("operation.graphql"),
          graphql(undefined, {
            onShowInDocs: (_field, type, parent) => latest.current.onType(parent ?? type ?? ""),
          }),
          lineNumbers(),
          history(),
          bracketMatching(),
          closeBrackets(),
          autocompletion(),
          keymap.of([...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...defaultKeymap]),
          EditorView.contentAttributes.of({ "aria-label": "Operation" }),
          EditorView.updateListener.of(({ state, docChanged, selectionSet }) => {
            if (docChanged || selectionSet)
              latest.current.onChange(state.doc.toString(), state.selection.main.head);
          }),
        ],
      }),
    });
    view.current = made;
    return () => {
      view.current = undefined;
      made.destroy();
    };
  }, []);

  useEffect(() => {
    if (view.current !== undefined && schema !== undefined) updateSchema(view.current, schema);
  }, [schema]);

  return <div ref={host} className="operation-editor" />;
}
