import { Button, CopyButton, Modal } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";

interface SecretProps {
  readonly title: string;
  readonly hint: string;
  readonly text: string;
  readonly onClose: () => void;
}

/** Something that is shown once. */
export function Secret({ title, hint, text, onClose }: SecretProps) {
  return (
    <Modal opened onClose={onClose} title={title}>
      <div className="column">
        <p className="muted">{hint}</p>
        <code className="mono secret">{text}</code>
        <div className="row">
          <CopyButton value={text}>
            {({ copied, copy }) => (
              <Button
                leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
                onClick={copy}
                data-autofocus
              >
                {copied ? "Copied" : "Copy"}
              </Button>
            )}
          </CopyButton>
          <Button variant="default" onClick={onClose}>
            Done
          </Button>
        </div>
      </div>
    </Modal>
  );
}
