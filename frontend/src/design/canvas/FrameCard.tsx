import type { NodeProps } from "@xyflow/react";
import { memo } from "react";
import type { FrameNode } from "./flow";

/** An open group, behind its nodes. Its head is what it is dragged by. */
export const FrameCard = memo(function FrameCard({ data, selected }: NodeProps<FrameNode>) {
  const { title, tint, nodes } = data.frame;
  return (
    <div className={`frame tint-${tint}${selected ? " frame-selected" : ""}`}>
      <div className="frame-head">
        <span className="ellipsis">{title || "Group"}</span>
        <span className="frame-count">{nodes.length}</span>
      </div>
    </div>
  );
});
