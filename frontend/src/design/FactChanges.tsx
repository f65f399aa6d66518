import { type FactChange, factText } from "@/domain/audit";
import "./facts.css";

/** Before → after, one fact after the other. */
export function FactChanges({ changes }: { readonly changes: readonly FactChange[] }) {
  if (changes.length === 0) return <span className="muted">–</span>;
  return (
    <span className="fact-changes">
      {changes.map(({ name, before, after }) => (
        <span key={name}>
          <span className="muted">{name.replaceAll("_", " ")}</span>{" "}
          {before !== undefined && (
            <>
              <s className="mono">{factText(before)}</s> →{" "}
            </>
          )}
          <span className="mono">{after === undefined ? "none" : factText(after)}</span>
        </span>
      ))}
    </span>
  );
}
