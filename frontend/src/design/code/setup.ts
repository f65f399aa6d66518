/** How code looks and is read, shared by the plain view and the two sides of a comparison. */

import { json } from "@codemirror/lang-json";
import { python } from "@codemirror/lang-python";
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorState, type Extension } from "@codemirror/state";
import { EditorView, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const look = EditorView.theme({
  "&": { backgroundColor: "transparent", color: "var(--text)", fontSize: "12px" },
  "&.cm-focused": { outline: "1px solid var(--accent)", outlineOffset: "-1px" },
  ".cm-content": {
    fontFamily: "var(--font-mono)",
    lineHeight: "18px",
    padding: "8px 0",
    caretColor: "var(--text)",
  },
  ".cm-gutters": {
    backgroundColor: "transparent",
    color: "var(--faint)",
    border: "0",
    fontFamily: "var(--font-mono)",
  },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "transparent" },
  ".cm-selectionBackground, &.cm-focused .cm-selectionBackground": {
    backgroundColor: "var(--accent-soft) !important",
  },
  ".cm-cursor": { borderLeftColor: "var(--accent)" },
  ".cm-tooltip": {
    border: "1px solid var(--border)",
    borderRadius: "6px",
    backgroundColor: "var(--raised)",
    color: "var(--text)",
    boxShadow: "var(--shadow)",
  },
  ".cm-tooltip-autocomplete > ul > li": { padding: "3px 8px", fontFamily: "var(--font-mono)" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": {
    backgroundColor: "var(--selected)",
    color: "var(--text)",
  },
  ".cm-completionInfo": { padding: "8px 10px", fontFamily: "var(--font-text)" },
  ".cm-matchingBracket": { backgroundColor: "var(--accent-soft) !important" },
  ".cm-changedLine": { backgroundColor: "var(--added) !important" },
  "&.cm-merge-a .cm-changedLine, .cm-deletedChunk": { backgroundColor: "var(--removed) !important" },
  // A line beneath, and no second tint: the words must stay readable on the tint of their line.
  ".cm-changedText": {
    background: "none !important",
    boxShadow: "inset 0 -2px 0 var(--status-succeeded)",
  },
  "&.cm-merge-a .cm-changedText, .cm-deletedChunk .cm-deletedText": {
    background: "none !important",
    boxShadow: "inset 0 -2px 0 var(--status-failed)",
  },
  ".cm-collapsedLines": { background: "var(--hover)", color: "var(--muted)", padding: "2px 12px" },
});

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: "var(--code-keyword)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--status-succeeded)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--code-number)" },
  { tag: [tags.comment], color: "var(--faint)", fontStyle: "italic" },
  { tag: [tags.function(tags.variableName), tags.definition(tags.variableName)], color: "var(--accent)" },
  { tag: [tags.propertyName, tags.className, tags.typeName], color: "var(--code-name)" },
]);

export function languageOf(path: string): Extension {
  if (path.endsWith(".py")) return python();
  return path.endsWith(".json") ? json() : [];
}

export function reading(path: string): Extension {
  return [
    look,
    syntaxHighlighting(colours),
    languageOf(path),
    lineNumbers(),
    EditorView.lineWrapping,
    EditorState.readOnly.of(true),
    EditorView.editable.of(false),
    EditorView.contentAttributes.of({ tabindex: "0", "aria-label": path }),
  ];
}

export function writing(path: string): Extension {
  return [look, syntaxHighlighting(colours), languageOf(path), EditorView.lineWrapping];
}
