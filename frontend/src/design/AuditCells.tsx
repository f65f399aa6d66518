import { actionText, factChanges } from "@/domain/audit";
import { instantText } from "@/domain/words";
import { FactChanges } from "./FactChanges";

interface AuditCellsProps {
  readonly entry: {
    readonly at: string;
    readonly actorName: string;
    readonly action: string;
    readonly object: string;
    readonly reason: string;
    readonly before?: unknown;
    readonly after?: unknown;
  };
}

/** An entry of the audit as cells of a row: when, who and what, why, what changed. */
export function AuditCells({ entry }: AuditCellsProps) {
  return (
    <>
      <td className="muted">
        <time dateTime={entry.at}>{instantText(entry.at)}</time>
      </td>
      <td>
        {entry.actorName} <span className="muted">{actionText(entry.action)}</span>{" "}
        <span className="mono">{entry.object}</span>
      </td>
      <td className="muted" title={entry.reason}>
        <span className="audit-reason">{entry.reason || "–"}</span>
      </td>
      <td>
        <FactChanges
          changes={factChanges(entry.before, entry.after).filter(({ name }) => name !== "comment")}
        />
      </td>
    </>
  );
}
