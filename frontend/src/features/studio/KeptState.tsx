import { Tooltip } from "@mantine/core";
import { IconCloudCheck, IconCloudOff, IconCloudUpload, IconLock } from "@tabler/icons-react";
import { clockText, countText } from "@/domain/words";
import type { RoomState } from "./room";

/** Whether the server has what this page shows. */
export function KeptState({ state, mayEdit }: { readonly state: RoomState; readonly mayEdit: boolean }) {
  if (!mayEdit) {
    return (
      <span className="kept muted">
        <IconLock size={14} aria-hidden /> Read only
      </span>
    );
  }
  if (state.connection === "lost") {
    const since = state.lostAt === undefined ? "" : ` since ${clockText(state.lostAt)}`;
    return (
      <Tooltip label="You can go on editing. Everything is sent when the connection is back; keep this page open.">
        <span className="kept kept-lost" role="status">
          <IconCloudOff size={14} aria-hidden /> Not connected{since}
          {state.unsaved > 0 && `, ${countText(state.unsaved, "edit")} unsaved`}
        </span>
      </Tooltip>
    );
  }
  if (state.unsaved > 0) {
    return (
      <span className="kept muted" role="status">
        <IconCloudUpload size={14} aria-hidden /> {state.unsaved} unsaved
      </span>
    );
  }
  return (
    <Tooltip label="Every edit is kept as you make it. A revision is what you save on purpose.">
      <span className="kept muted" role="status">
        <IconCloudCheck size={14} aria-hidden /> Draft kept
      </span>
    </Tooltip>
  );
}
