import { type KeySection, KeySheet as Sheet } from "@/design/KeySheet";

const SECTIONS: readonly KeySection[] = [
  {
    title: "Add and wire",
    keys: [
      ["N", "Add a node"],
      ["Shift N", "Add a note"],
      ["Drag from a port", "Wire it, or add what fits"],
      ["Double-click a wire", "Put a node into it"],
      ["Double-click a node", "Open a sub-graph, unfold a group"],
    ],
  },
  {
    title: "Choose and move",
    keys: [
      ["Click, Ctrl click", "Choose one, choose more"],
      ["Shift drag", "Choose all in a frame"],
      ["← →", "Walk along the wires"],
      ["↑ ↓", "Walk to the neighbour"],
      ["Shift arrow", "Nudge"],
      ["Ctrl A", "Choose all"],
      ["Esc", "Let go, or leave the sub-graph"],
    ],
  },
  {
    title: "Shape",
    keys: [
      ["Ctrl G", "Group"],
      ["Ctrl Shift G", "Ungroup"],
      ["Ctrl .", "Fold or unfold a group"],
      ["Ctrl C, X, V", "Copy, cut, paste, also into other graphs"],
      ["Ctrl D", "Double"],
      ["Del", "Delete"],
      ["Ctrl Z, Ctrl Shift Z", "Undo, redo"],
    ],
  },
  {
    title: "Run and keep",
    keys: [
      ["Ctrl Enter", "Run"],
      ["Shift Enter", "Run up to here"],
      ["Alt Enter", "Run from here"],
      ["Ctrl S", "Save revision"],
    ],
  },
  {
    title: "Everywhere",
    keys: [
      ["Ctrl K", "Search everything"],
      ["G, then H C G R V S", "Go to a place"],
      ["?", "This sheet"],
    ],
  },
];

/** Every key of the studio. The outline can do the same without a pointer. */
export function KeySheet({ onClose }: { readonly onClose: () => void }) {
  return <Sheet sections={SECTIONS} onClose={onClose} />;
}
