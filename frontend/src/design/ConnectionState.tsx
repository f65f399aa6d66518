import { Tooltip } from "@mantine/core";
import type { Freshness } from "@/domain/connection";
import { clockText } from "@/domain/words";
import "./connection.css";

const EXPLANATIONS: Readonly<Record<Freshness["kind"], string>> = {
  live: "What you see is what the server knows, as it happens.",
  catching_up: "Older events are still arriving.",
  connecting: "Opening the live connection.",
  stale: "Nothing has been heard from the server since then. What you see may be old. Trying again.",
};

/** Says honestly how fresh the page is. It never says "live" when it cannot know. */
export function ConnectionState({ freshness }: { readonly freshness: Freshness }) {
  return (
    <Tooltip label={EXPLANATIONS[freshness.kind]}>
      <span className={`connection connection-${freshness.kind}`} role="status">
        <span className="connection-dot" aria-hidden="true" />
        {words(freshness)}
      </span>
    </Tooltip>
  );
}

function words(freshness: Freshness): string {
  switch (freshness.kind) {
    case "live":
      return "Live";
    case "catching_up":
      return `Catching up, ${freshness.behind} behind`;
    case "connecting":
      return "Connecting";
    case "stale":
      return `Stale since ${clockText(freshness.since)}`;
  }
}
