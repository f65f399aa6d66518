import { CopyButton, Tooltip, UnstyledButton } from "@mantine/core";
import { shortDigest } from "@/domain/words";

export function Digest({ value }: { readonly value: string }) {
  return (
    <CopyButton value={value}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? "Copied" : `${value} · click to copy`}>
          <UnstyledButton
            className="mono tag"
            onClick={copy}
            aria-label={`${shortDigest(value)}: copy the whole digest`}
          >
            {shortDigest(value)}
          </UnstyledButton>
        </Tooltip>
      )}
    </CopyButton>
  );
}
