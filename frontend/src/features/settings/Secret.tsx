import { Button, CopyButton, Modal } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";

interface SecretProps {
  readonly title: string;
  readonly hint: string;
  /** Each can be copied by itself. */
  readonly lines: readonly string[];
  readonly onClose: () => void;
}

/** Something that is shown once: it does not close by a press beside it. */
export function Secret({ title, hint, lines, onClose }: SecretProps) {
  return (
    <Modal opened onClose={onClose} title={title} size="lg" closeOnClickOutside={false}>
      <div className="column">
        <p className="muted">{hint}</p>
        {lines.map((line, place) => (
          <div key={line} className="secret">
            <code className="mono">{line}</code>
            <CopyButton value={line}>
              {({ copied, copy }) => (
                <Button
                  size="compact-xs"
                  variant="default"
                  leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
                  onClick={copy}
                  data-autofocus={place === 0 || undefined}
                >
                  {copied ? "Copied" : "Copy"}
                </Button>
              )}
            </CopyButton>
          </div>
        ))}
        <div className="row">
          <Button className="push" onClick={onClose}>
            I have it
          </Button>
        </div>
      </div>
    </Modal>
  );
}
