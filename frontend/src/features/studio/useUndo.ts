import { useEffect, useState } from "react";
import type * as Y from "yjs";

export function useUndo(undo: Y.UndoManager) {
  const [can, setCan] = useState({ canUndo: false, canRedo: false });
  useEffect(() => {
    const read = () => setCan({ canUndo: undo.canUndo(), canRedo: undo.canRedo() });
    undo.on("stack-item-added", read);
    undo.on("stack-item-popped", read);
    read();
    return () => {
      undo.off("stack-item-added", read);
      undo.off("stack-item-popped", read);
    };
  }, [undo]);
  return can;
}
