import { Button } from "@mantine/core";
import { IconListDetails } from "@tabler/icons-react";
import { useState } from "react";
import { AuditDocument } from "@/api/generated/graphql";
import { useReading } from "@/api/useReading";
import { Empty, Failure, Loading } from "@/design/Message";
import { Panel } from "@/design/Page";
import { AuditRow } from "./AuditRow";

const PAGE = 50;

/** Who did what, page by page. Entries are never changed. */
export function AuditTab() {
  const [starts, setStarts] = useState<readonly (string | null)[]>([null]);
  const [open, setOpen] = useState<string>();
  const after = starts.at(-1) ?? null;
  const reading = useReading(AuditDocument, { first: PAGE, after });
  if (reading.kind === "loading") return <Loading rows={8} />;
  if (reading.kind === "failed") {
    return (
      <Failure title="The audit could not be read" onRetry={reading.again}>
        {reading.message}
      </Failure>
    );
  }
  const { edges, pageInfo } = reading.data.audit;
  const cursor = pageInfo.endCursor ?? null;
  return (
    <div className="column settings">
      <p className="muted">
        Each entry is chained to the one before it by its hash: one that was changed or taken out is found by{" "}
        <code className="mono">.venv/bin/python manage.py audit_verify</code>.
      </p>
      <Panel flush>
        {edges.length === 0 ? (
          <Empty icon={IconListDetails} title="Nothing has happened yet">
            What people do in your teams stands here: who, what, to which thing, and why.
          </Empty>
        ) : (
          <table className="table audit-table" aria-label="Audit">
            <thead>
              <tr>
                <th>
                  <span className="visually-hidden">Details</span>
                </th>
                <th>When</th>
                <th>Who and what</th>
                <th>Reason</th>
                <th>Changed</th>
              </tr>
            </thead>
            <tbody>
              {edges.map(({ node }) => (
                <AuditRow
                  key={node.id}
                  entry={node}
                  isOpen={open === node.id}
                  onToggle={() => setOpen(open === node.id ? undefined : node.id)}
                />
              ))}
            </tbody>
          </table>
        )}
      </Panel>
      {(starts.length > 1 || pageInfo.hasNextPage) && (
        <div className="row">
          <Button
            variant="default"
            disabled={starts.length < 2}
            onClick={() => setStarts(starts.slice(0, -1))}
          >
            Newer
          </Button>
          <Button
            variant="default"
            disabled={!pageInfo.hasNextPage || cursor === null}
            onClick={() => setStarts([...starts, cursor])}
          >
            Older
          </Button>
        </div>
      )}
    </div>
  );
}
