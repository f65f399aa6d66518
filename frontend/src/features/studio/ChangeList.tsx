import { IconArrowsMove, IconEqual } from "@tabler/icons-react";
import { useReactFlow } from "@xyflow/react";
import type { CompareGraphsQuery } from "@/api/generated/graphql";
import { ChangeGlyph } from "@/design/canvas/ChangeGlyph";
import { Empty } from "@/design/Message";
import { type FieldChange, fieldText, partTitle, scopeOf, wireText } from "@/domain/comparison";
import { parseGraph } from "@/domain/graph";
import { brief } from "@/domain/json";
import type { Scene } from "@/domain/scene";
import { lower } from "@/domain/status";
import { useStudio } from "./studioContext";

interface ChangeListProps {
  readonly found: CompareGraphsQuery["compareGraphs"];
  readonly old: unknown;
  readonly fresh: unknown;
  readonly scene: Scene;
}

/** The same difference in words; an entry leads to its place on the canvas. */
export function ChangeList({ found, old, fresh, scene }: ChangeListProps) {
  const { set, scope } = useStudio();
  const { setCenter, getZoom } = useReactFlow();
  const graphs = [parseGraph(fresh), parseGraph(old)];
  const go = (path: string) => {
    const around = scopeOf(path);
    const id = path.split("/").at(-1) ?? path;
    if (around.join("/") !== scope.join("/")) set({ scope: around });
    else {
      const node = scene.nodes.find((each) => each.id === id || each.id === id.split(":")[0]);
      if (node !== undefined)
        void setCenter(node.at[0] + node.width / 2, node.at[1] + node.height / 2, { zoom: getZoom() });
    }
    set({ select: new Set([id]) });
  };
  const isSame = found.fields.length + found.nodes.length + found.edges.length === 0;
  return (
    <aside className="change-list" aria-label="Changes">
      {found.problems.map((problem) => (
        <p key={problem.path + problem.message} className="run-error small">
          {problem.message}
        </p>
      ))}
      {isSame && found.problems.length === 0 && (
        <Empty icon={IconEqual} title="Both mean the same">
          {found.isLayoutChanged ? "Things were only moved about." : "Nothing has changed between them."}
        </Empty>
      )}
      {found.fields.length > 0 && (
        <section>
          <h3>The graph itself</h3>
          <Fields fields={found.fields} />
        </section>
      )}
      {found.nodes.length > 0 && (
        <section>
          <h3>Nodes</h3>
          <ul>
            {found.nodes.map(({ path, change, fields }) => (
              <li key={path}>
                <button type="button" onClick={() => go(path)}>
                  <ChangeGlyph change={lower(change)} />
                  <span className="ellipsis">{partTitle(graphs, path)}</span>
                </button>
                <Fields fields={fields} />
              </li>
            ))}
          </ul>
        </section>
      )}
      {found.edges.length > 0 && (
        <section>
          <h3>Wires</h3>
          <ul>
            {found.edges.map(({ path, change, fields }) => (
              <li key={path}>
                <button type="button" onClick={() => go(path)}>
                  <ChangeGlyph change={lower(change)} />
                  <span>{wireText(graphs, path)}</span>
                </button>
                <Fields fields={fields} />
              </li>
            ))}
          </ul>
        </section>
      )}
      {!isSame && found.isLayoutChanged && (
        <p className="row tight small muted">
          <IconArrowsMove size={14} aria-hidden /> Things were moved about as well.
        </p>
      )}
    </aside>
  );
}

function Fields({ fields }: { readonly fields: readonly FieldChange[] }) {
  if (fields.length === 0) return null;
  return (
    <dl className="change-fields">
      {fields.map(({ field, had, has, old, new: fresh }) => (
        <div key={field}>
          <dt>{fieldText(field)}</dt>
          <dd className="mono">
            {had && <del>{brief(old, 160)}</del>}
            {has && <ins>{brief(fresh, 160)}</ins>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
