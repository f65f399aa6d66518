import { Button, Modal } from "@mantine/core";
import type { KeyboardEvent, ReactNode } from "react";
import "./dialog.css";

interface VerbDialogProps {
  readonly title: string;
  readonly action: string;
  readonly isDangerous?: boolean;
  readonly busy: boolean;
  readonly isReady?: boolean;
  readonly trouble?: ReactNode;
  readonly onAct: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Asks before a verb is carried out, and stays open to say what went wrong. Ctrl/Cmd-Enter acts. */
export function VerbDialog(props: VerbDialogProps) {
  const {
    title,
    action,
    isDangerous = false,
    busy,
    isReady = true,
    trouble,
    onAct,
    onClose,
    children,
  } = props;
  const act = () => {
    if (isReady && !busy) onAct();
  };
  return (
    <Modal opened onClose={onClose} title={title}>
      <form
        className="column"
        onKeyDown={(event) => {
          if (isSend(event)) act();
        }}
        onSubmit={(event) => {
          event.preventDefault();
          act();
        }}
      >
        {children}
        {trouble !== undefined && (
          <div className="dialog-trouble" role="alert">
            {trouble}
          </div>
        )}
        <div className="row dialog-verbs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" color={isDangerous ? "red" : "accent"} loading={busy} disabled={!isReady}>
            {action}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

export function isSend(event: KeyboardEvent): boolean {
  return event.key === "Enter" && (event.ctrlKey || event.metaKey);
}
