import { Button, Modal } from "@mantine/core";
import { useBlocker } from "@tanstack/react-router";
import "@/design/dialog.css";
import { countText } from "@/domain/words";
import type { Room } from "./room";

/** Nobody leaves edits behind that the server does not have yet without having been asked. */
export function LeaveGuard({ room }: { readonly room: Room }) {
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: ({ current, next }) => current.pathname !== next.pathname && room.state().unsaved > 0,
    enableBeforeUnload: () => room.state().unsaved > 0,
    withResolver: true,
  });
  if (status !== "blocked") return null;
  return (
    <Modal opened onClose={reset} title="Not everything is saved">
      <div className="column">
        <p>
          {countText(room.state().unsaved, "edit")} could not be sent to the server yet. Stay, and they are
          sent as soon as it answers. Leave, and they are lost.
        </p>
        <div className="row dialog-verbs">
          <Button variant="default" color="red" onClick={proceed}>
            Leave without them
          </Button>
          <Button onClick={reset} data-autofocus>
            Stay
          </Button>
        </div>
      </div>
    </Modal>
  );
}
