import { IconListDetails } from "@tabler/icons-react";
import { useState } from "react";
import { AuditDocument } from "@/api/generated/graphql";
import { useReading } from "@/api/useReading";
import { Empty, Failure, Loading } from "@/design/Message";
import { Panel } from "@/design/Page";
import { Pager, usePages } from "@/design/Pager";
import { AuditRow } from "./AuditRow";

const PAGE = 50;

/** Who did what, page by page. Entries are never changed. */
export function AuditTab() {
  const pages = usePages();
  const [open, setOpen] = useState<string>();
  const reading = useReading(AuditDocument, { first: PAGE, after: pages.after });
  if (reading.kind === "loading") return <Loading rows={8} />;
  if (reading.kind === "failed") {
    return (
      <Failure title="The audit could not be read" onRetry={reading.again}>
        {reading.message}
      </Failure>
    );
  }
  const { edges, pageInfo } = reading.data.audit;
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
      <Pager pages={pages} info={pageInfo} labels={["Newer", "Older"]} />
    </div>
  );
}
