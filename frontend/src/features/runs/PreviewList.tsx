import { NativeSelect } from "@mantine/core";
import type { ResumePreviewQuery } from "@/api/generated/graphql";
import { GROUPS, grouped } from "@/domain/preview";

type Preview = NonNullable<ResumePreviewQuery["run"]>["resumePreview"];
type Node = Preview["nodes"][number];

interface PreviewListProps {
  readonly nodes: readonly Node[];
  readonly moved: Readonly<Record<string, string>>;
  readonly onMove: (node: string, version: string) => void;
}

const SHOWN = 100;

/** What a run would do, by what becomes of its nodes; those that are carried out come first. */
export function PreviewList({ nodes, moved, onMove }: PreviewListProps) {
  const groups = grouped(nodes);
  return (
    <div className="preview">
      {GROUPS.map(({ word, title }) => {
        const found = groups.get(word) ?? [];
        return found.length === 0 ? null : (
          <section key={word} aria-label={title}>
            <h3>
              {title} <span className="muted">{found.length}</span>
            </h3>
            <ul>
              {found.slice(0, SHOWN).map((node) => (
                <PreviewRow key={node.node} node={node} chosen={moved[node.node] ?? ""} onMove={onMove} />
              ))}
            </ul>
            {found.length > SHOWN && <p className="muted small">and {found.length - SHOWN} more</p>}
          </section>
        );
      })}
    </div>
  );
}

interface PreviewRowProps {
  readonly node: Node;
  readonly chosen: string;
  readonly onMove: PreviewListProps["onMove"];
}

function PreviewRow({ node, chosen, onMove }: PreviewRowProps) {
  const number = node.version?.split("@").at(-1) ?? "";
  const offered = chosen === "" || node.newer.includes(chosen) ? node.newer : [chosen, ...node.newer];
  return (
    <li className="preview-row">
      <div className="row">
        <strong className="mono ellipsis grow">{node.node}</strong>
        {offered.length > 0 ? (
          <NativeSelect
            size="xs"
            aria-label={`Version of ${node.node}`}
            value={chosen}
            data={[
              { value: "", label: chosen === "" ? `${number} (as before)` : "as before" },
              ...offered.map((version) => ({ value: version, label: version })),
            ]}
            onChange={(event) => onMove(node.node, event.currentTarget.value)}
          />
        ) : (
          <span className="mono small muted">{number}</span>
        )}
      </div>
      <p className="small muted">
        {node.message}
        {node.items ? ` ${node.reusedItems ?? 0} of ${node.items} items are taken over.` : ""}
      </p>
    </li>
  );
}
