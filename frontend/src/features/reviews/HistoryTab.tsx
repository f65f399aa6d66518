import { Panel } from "@/design/Page";
import { instantText } from "@/domain/words";
import type { ReviewViewProps } from "./ReviewPage";

/** Every step, as the audit keeps it. */
export function HistoryTab({ review }: ReviewViewProps) {
  return (
    <Panel flush>
      <table className="table" aria-label="History of this review">
        <thead>
          <tr>
            <th>When</th>
            <th>Who</th>
            <th>Did</th>
            <th>To</th>
            <th>Reason</th>
          </tr>
        </thead>
        <tbody>
          {review.history.map((entry) => (
            <tr key={entry.id}>
              <td className="muted">{instantText(entry.at)}</td>
              <td>{entry.actorName}</td>
              <td>{entry.action.replaceAll("_", " ")}</td>
              <td className="mono">{entry.object}</td>
              <td className="muted">{entry.reason}</td>
            </tr>
          ))}
          {review.history.length === 0 && (
            <tr>
              <td colSpan={5} className="muted">
                Nothing has happened yet.
              </td>
            </tr>
          )}
        </tbody>
      </table>
    </Panel>
  );
}
