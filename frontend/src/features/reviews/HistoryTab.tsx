import { FactChanges } from "@/design/FactChanges";
import { Panel } from "@/design/Page";
import { actionText, factChanges } from "@/domain/audit";
import { instantText } from "@/domain/words";
import type { ReviewOnShow } from "./review";

/** Every step, as the audit keeps it, the newest first. */
export function HistoryTab({ review }: { readonly review: ReviewOnShow }) {
  return (
    <Panel flush>
      <table className="table history-table" aria-label="History of this review">
        <thead>
          <tr>
            <th>When</th>
            <th>Who and what</th>
            <th>Reason</th>
            <th>Changed</th>
          </tr>
        </thead>
        <tbody>
          {[...review.history].reverse().map((entry) => (
            <tr key={entry.id}>
              <td className="muted">
                <time dateTime={entry.at}>{instantText(entry.at)}</time>
              </td>
              <td>
                {entry.actorName} <span className="muted">{actionText(entry.action)}</span>{" "}
                <span className="mono">{entry.object}</span>
              </td>
              <td className="muted" title={entry.reason}>
                {entry.reason || "–"}
              </td>
              <td>
                <FactChanges
                  changes={factChanges(entry.before, entry.after).filter(({ name }) => name !== "comment")}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}
