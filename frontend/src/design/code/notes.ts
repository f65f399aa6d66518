/** Notes below lines of code: places in an editor where the page draws something of its own. */

import { type Extension, RangeSetBuilder, StateEffect, StateField, type Text } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, WidgetType } from "@codemirror/view";

export interface Noted {
  /** The element that is drawn below each line, by line from 1. */
  readonly hosts: ReadonlyMap<number, HTMLElement>;
  readonly shownLine: number | undefined;
}

export const setNotes = StateEffect.define<Noted>();

class NoteWidget extends WidgetType {
  readonly host: HTMLElement;

  constructor(host: HTMLElement) {
    super();
    this.host = host;
  }

  override eq(other: NoteWidget): boolean {
    return other.host === this.host;
  }

  override toDOM(): HTMLElement {
    return this.host;
  }

  // Keys and clicks in a note are the page's.
  override ignoreEvent(): boolean {
    return true;
  }
}

const SHOWN = Decoration.line({ class: "code-shown" });

function decorate(doc: Text, { hosts, shownLine }: Noted): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  const lines = new Set([...hosts.keys(), ...(shownLine === undefined ? [] : [shownLine])]);
  for (const number of [...lines].filter((line) => line >= 1 && line <= doc.lines).sort((a, b) => a - b)) {
    const line = doc.line(number);
    if (number === shownLine) builder.add(line.from, line.from, SHOWN);
    const host = hosts.get(number);
    if (host !== undefined)
      builder.add(
        line.to,
        line.to,
        Decoration.widget({ widget: new NoteWidget(host), block: true, side: 1 }),
      );
  }
  return builder.finish();
}

export const notes: Extension = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(value, transaction) {
    const effect = transaction.effects.find((each) => each.is(setNotes));
    return effect === undefined ? value : decorate(transaction.newDoc, effect.value);
  },
  provide: (field) => EditorView.decorations.from(field),
});
