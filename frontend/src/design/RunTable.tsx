import { Checkbox } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { RunSummary } from "@/domain/run";
import { isTerminal } from "@/domain/status";
import { instantText } from "@/domain/words";
import { CountStrip } from "./Counts";
import { Ago, Span } from "./Instant";
import { StatusMark } from "./StatusMark";
import "./layout.css";

interface RunTableProps {
  readonly runs: readonly RunSummary[];
  readonly label: string;
  /** Narrow places leave out who started it and where. */
  readonly brief?: boolean;
  /** Where runs may be marked: which are, and the change of one. */
  readonly marked?: ReadonlySet<string>;
  readonly onMark?: (run: string) => void;
}

export function RunTable({ runs, label, brief = false, marked, onMark }: RunTableProps) {
  return (
    <table className="table" aria-label={label}>
      <thead>
        <tr>
          {onMark !== undefined && (
            <th style={{ width: 28 }}>
              <span className="visually-hidden">Compare</span>
            </th>
          )}
          <th style={{ minWidth: 132 }}>State</th>
          <th>Run</th>
          <th style={{ minWidth: 144 }}>Nodes</th>
          {!brief && <th>Started by</th>}
          {!brief && <th>Environment</th>}
          <th className="end">Took</th>
          <th className="end">Started</th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <tr key={run.id}>
            {onMark !== undefined && (
              <td>
                <Checkbox
                  aria-label={`Mark the run of ${run.title}, ${instantText(run.createdAt)}`}
                  checked={marked?.has(run.id) === true}
                  onChange={() => onMark(run.id)}
                />
              </td>
            )}
            <td>
              <StatusMark status={run.status} />
            </td>
            <td className="table-rest" title={run.title}>
              <Link to="/runs/$runId" params={{ runId: run.id }} className="table-link">
                {run.title}
              </Link>
              {run.revision !== undefined && <span className="mono muted"> r{run.revision}</span>}
              {run.error !== undefined && isTerminal(run.status) && (
                <span className="run-error"> {run.error}</span>
              )}
            </td>
            <td>
              <CountStrip counts={run.counts} total={isTerminal(run.status) ? 0 : run.nodeCount} />
            </td>
            {!brief && <td>{run.actorName}</td>}
            {!brief && <td>{run.environment}</td>}
            <td className="end">
              <Span from={run.startedAt} to={run.finishedAt} />
            </td>
            <td className="end muted">
              <Ago at={run.createdAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
