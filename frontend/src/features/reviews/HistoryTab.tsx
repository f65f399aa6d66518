import { AuditCells } from "@/design/AuditCells";
import { Panel } from "@/design/Page";
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
              <AuditCells entry={entry} />
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}
