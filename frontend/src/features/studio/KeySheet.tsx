import { Modal } from "@mantine/core";

const SHEET: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
  [
    "Add and wire",
    [
      ["N", "Add a node"],
      ["Shift N", "Add a note"],
      ["Drag from a port", "Wire it, or add what fits"],
      ["Double-click a wire", "Put a node into it"],
      ["Double-click a node", "Open a sub-graph, unfold a group"],
    ],
  ],
  [
    "Choose and move",
    [
      ["Click, Ctrl click", "Choose one, choose more"],
      ["Shift drag", "Choose all in a frame"],
      ["← →", "Walk along the wires"],
      ["↑ ↓", "Walk to the neighbour"],
      ["Shift arrow", "Nudge"],
      ["Ctrl A", "Choose all"],
      ["Esc", "Let go, or leave the sub-graph"],
    ],
  ],
  [
    "Shape",
    [
      ["Ctrl G", "Group"],
      ["Ctrl Shift G", "Ungroup"],
      ["Ctrl .", "Fold or unfold a group"],
      ["Ctrl C, X, V", "Copy, cut, paste, also into other graphs"],
      ["Ctrl D", "Double"],
      ["Del", "Delete"],
      ["Ctrl Z, Ctrl Shift Z", "Undo, redo"],
    ],
  ],
  [
    "Run and keep",
    [
      ["Ctrl Enter", "Run"],
      ["Shift Enter", "Run up to here"],
      ["Alt Enter", "Run from here"],
      ["Ctrl S", "Save revision"],
    ],
  ],
  [
    "Everywhere",
    [
      ["Ctrl K", "Search everything"],
      ["G, then H C G R V S", "Go to a place"],
      ["?", "This sheet"],
    ],
  ],
];

/** Every key of the studio. The outline can do the same without a pointer. */
export function KeySheet({ onClose }: { readonly onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title="Keys" size="xl">
      <div className="key-sheet">
        {SHEET.map(([title, rows]) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl className="shortcuts">
              {rows.map(([keys, words]) => (
                <div key={keys}>
                  <dt>
                    <kbd className="key">{keys}</kbd>
                  </dt>
                  <dd>{words}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
