import { type NodeProps, NodeResizeControl } from "@xyflow/react";
import { memo, useContext } from "react";
import { Inline } from "@/design/Inline";
import { snap } from "@/domain/scene";
import { CanvasSurroundings } from "./context";
import type { NoteNode } from "./flow";

/** A note. Selected, it can be written in where it stands. */
export const NoteCard = memo(function NoteCard({ data, selected }: NodeProps<NoteNode>) {
  const { onNote } = useContext(CanvasSurroundings);
  const { id, text, tint } = data.note;
  const isOpen = selected && onNote !== undefined;
  return (
    <div className={`note tint-${tint}${selected ? " note-selected" : ""}`}>
      <div className="note-grip" />
      {isOpen ? (
        <textarea
          className="note-text nodrag nowheel"
          aria-label="Text of the note"
          placeholder="Write a note"
          value={text}
          // biome-ignore lint/a11y/noAutofocus: whoever selects a note means to read or write it.
          autoFocus={text === ""}
          onChange={(event) => onNote(id, { text: event.currentTarget.value })}
        />
      ) : (
        <p className={`note-text${text === "" ? " muted" : ""}`}>
          {text === "" ? "Empty note" : <Inline text={text} />}
        </p>
      )}
      {isOpen && (
        <NodeResizeControl
          className="note-resize"
          minWidth={96}
          minHeight={48}
          onResizeEnd={(_event, { width, height }) => onNote(id, { size: [snap(width), snap(height)] })}
        />
      )}
    </div>
  );
});
