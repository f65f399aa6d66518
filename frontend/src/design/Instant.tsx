import { Tooltip } from "@mantine/core";
import { createContext, useContext } from "react";
import { agoText, durationText, instantText } from "@/domain/words";
import { useNow } from "./useNow";

export function Ago({ at }: { readonly at: string }) {
  const now = useNow();
  return (
    <Tooltip label={instantText(at)}>
      <time dateTime={at}>{agoText(at, now)}</time>
    </Tooltip>
  );
}

interface SpanProps {
  readonly from: string | null | undefined;
  readonly to: string | null | undefined;
}

/** How long something took, or has taken so far. */
export function Span({ from, to }: SpanProps) {
  if (from === null || from === undefined) return <span className="muted">–</span>;
  if (to === null || to === undefined) return <Running from={from} />;
  return <span className="mono">{durationText(Date.parse(to) - Date.parse(from))}</span>;
}

/** Until when the page knows how things stand, where that is not now. */
export const HeardUntil = createContext<number | undefined>(undefined);

function Running({ from }: { readonly from: string }) {
  const now = useNow();
  const until = useContext(HeardUntil) ?? now;
  return <span className="mono">{durationText(Math.max(0, until - Date.parse(from)))}</span>;
}
