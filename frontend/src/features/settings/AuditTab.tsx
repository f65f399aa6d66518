import { Button } from "@mantine/core";
import { IconListDetails } from "@tabler/icons-react";
import { useState } from "react";
import { AuditDocument } from "@/api/generated/graphql";
import { useReading } from "@/api/useReading";
import { Empty, Failure, Loading } from "@/design/Message";
import { Panel } from "@/design/Page";
import { instantText } from "@/domain/words";

const PAGE = 50;

/** Who did what, page by page. Entries are never changed. */
export function AuditTab() {
  const [starts, setStarts] = useState<readonly (string | null)[]>([null]);
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
      <Panel flush>
        {edges.length === 0 ? (
          <Empty icon={IconListDetails} title="Nothing to show">
            Maintainers and admins see here what was done in their teams.
          </Empty>
        ) : (
          <table className="table" aria-label="Audit">
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
              {edges.map(({ node }) => (
                <tr key={node.id}>
                  <td className="muted">{instantText(node.at)}</td>
                  <td>{node.actorName}</td>
                  <td>{node.action.replaceAll("_", " ")}</td>
                  <td className="mono">{node.object}</td>
                  <td className="muted">{node.reason}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Panel>
      <div className="row">
        <Button variant="default" disabled={starts.length < 2} onClick={() => setStarts(starts.slice(0, -1))}>
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
    </div>
  );
}
