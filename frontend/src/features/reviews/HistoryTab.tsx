import { Panel } from "@/design/Page";
import { brief } from "@/domain/json";
import { instantText } from "@/domain/words";
import type { ReviewOnShow } from "./review";

/** Every step, as the audit keeps it, the newest first. */
export function HistoryTab({ review }: { readonly review: ReviewOnShow }) {
  return (
    <Panel flush>
      <table className="table" aria-label="History of this review">
        <thead>
          <tr>
            <th>When</th>
            <th>Who</th>
            <th>Did</th>
            <th>Reason</th>
            <th>After</th>
          </tr>
        </thead>
        <tbody>
          {[...review.history].reverse().map((entry) => (
            <tr key={entry.id}>
              <td className="muted">
                <time dateTime={entry.at}>{instantText(entry.at)}</time>
              </td>
              <td>{entry.actorName}</td>
              <td>{entry.action.replaceAll("_", " ")}</td>
              <td className="muted" title={entry.reason}>
                {entry.reason || "–"}
              </td>
              <td className="mono muted" title={brief(entry.after, 400)}>
                {entry.after === null || entry.after === undefined ? "–" : brief(entry.after, 90)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}
