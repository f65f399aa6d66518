import { orderedCounts } from "@/domain/status";
import { StatusMark } from "./StatusMark";
import { APPEARANCE } from "./status";
import "./status.css";

interface CountsProps {
  readonly counts: unknown;
  /** Nodes of the run: what no count mentions is still queued; 0 when the run is over. */
  readonly total: number;
}

function complete({ counts, total }: CountsProps) {
  const known = orderedCounts(counts).filter(([state]) => state !== "queued");
  const rest = total - known.reduce((sum, [, count]) => sum + count, 0);
  return rest > 0 ? [...known, ["queued", rest] as const] : known;
}

export function CountStrip(props: CountsProps) {
  const parts = complete(props);
  if (parts.length === 0) return null;
  const label = parts.map(([state, count]) => `${count} ${APPEARANCE[state].word.toLowerCase()}`).join(", ");
  return (
    <div className="count-strip" role="img" aria-label={label} title={label}>
      {parts.map(([state, count]) => (
        <span
          key={state}
          style={{
            flexGrow: count,
            background: state === "queued" ? "transparent" : APPEARANCE[state].colour,
          }}
        />
      ))}
    </div>
  );
}

export function Counts(props: CountsProps) {
  return (
    <div className="counts">
      {complete(props).map(([state, count]) => (
        <StatusMark
          key={state}
          status={state}
          label={`${count.toLocaleString("en-GB")} ${APPEARANCE[state].word.toLowerCase()}`}
        />
      ))}
    </div>
  );
}
