import { ActionIcon } from "@mantine/core";
import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import type { AuditQuery } from "@/api/generated/graphql";
import { AuditCells } from "@/design/AuditCells";
import { Digest } from "@/design/Digest";
import { JsonTree } from "@/design/JsonTree";
import { Facts } from "@/design/Page";
import { actionText } from "@/domain/audit";

interface AuditRowProps {
  readonly entry: AuditQuery["audit"]["edges"][number]["node"];
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

export function AuditRow({ entry, isOpen, onToggle }: AuditRowProps) {
  const Icon = isOpen ? IconChevronDown : IconChevronRight;
  return (
    <>
      <tr>
        <td className="audit-fold">
          <ActionIcon
            aria-label={`Details of ${actionText(entry.action)} ${entry.object}`}
            aria-expanded={isOpen}
            onClick={onToggle}
          >
            <Icon size={14} />
          </ActionIcon>
        </td>
        <AuditCells entry={entry} />
      </tr>
      {isOpen && (
        <tr className="audit-details">
          <td />
          <td colSpan={4}>
            <div className="audit-sides">
              <Facts
                facts={[
                  [
                    "Actor",
                    <code key="actor" className="mono">
                      {entry.actor}
                    </code>,
                  ],
                  [
                    "Asked for by",
                    entry.requester ? (
                      <code key="requester" className="mono">
                        {entry.requester}
                      </code>
                    ) : (
                      "the actor"
                    ),
                  ],
                  [
                    "Allowed by",
                    entry.approver ? (
                      <code key="approver" className="mono">
                        {entry.approver}
                      </code>
                    ) : (
                      "nobody else"
                    ),
                  ],
                  [
                    "Action",
                    <code key="action" className="mono">
                      {entry.action}
                    </code>,
                  ],
                  ["Reason", entry.reason || "none was given"],
                  ["Hash", <Digest key="hash" value={entry.hash} />],
                ]}
              />
              <Side title="Before" value={entry.before} />
              <Side title="After" value={entry.after} />
            </div>
          </td>
        </tr>
      )}
    </>
  );
}

function Side({ title, value }: { readonly title: string; readonly value: unknown }) {
  const isNone = value === null || value === undefined;
  return (
    <div className="column tight">
      <h3>{title}</h3>
      {isNone ? <p className="small muted">Nothing is recorded.</p> : <JsonTree value={value} />}
    </div>
  );
}
