import { ActionIcon, Select, Tooltip } from "@mantine/core";
import { IconChevronRight, IconTrash } from "@tabler/icons-react";
import { useCallback, useMemo, useState, useSyncExternalStore } from "react";
import { KIND_ICONS } from "@/design/canvas/kinds";
import { PortGlyph } from "@/design/PortGlyph";
import { StatusMark } from "@/design/StatusMark";
import { groupKey, groupOf, noteKey } from "@/domain/annotations";
import { edgeKey, parseEdge, topologicalOrder } from "@/domain/graph";
import { isObject } from "@/domain/json";
import { spotBehind } from "@/domain/placing";
import { neverFits, type Port } from "@/domain/ports";
import type { SceneNode } from "@/domain/scene";
import { OutlineModifiers } from "./OutlineModifiers";
import { QuickAdd } from "./QuickAdd";
import { RefusedWire } from "./RefusedWire";
import { ScopePath } from "./ScopePath";
import { useStudio } from "./studioContext";
import { useJudge } from "./useJudge";
import { useStudioKeys } from "./useStudioKeys";

type Judge = ReturnType<typeof useJudge>["judge"];

/** The same graph as a list, in the order of its wires: everything the canvas can do, without a pointer. */
export function Outline() {
  const { scene, draft, mayEdit, selected } = useStudio();
  const { judge, refused, dismiss } = useJudge();
  const [adding, setAdding] = useState(false);
  useStudioKeys({ onAdd: () => mayEdit && setAdding(true) });
  const ordered = useMemo(() => {
    const byId = new Map(scene.nodes.map((node) => [node.id, node]));
    return topologicalOrder(draft.body).flatMap((id) => byId.get(id) ?? []);
  }, [scene, draft.body]);
  return (
    <div className="outline">
      <ScopePath />
      <ol aria-label="Nodes in the order of their wires">
        {ordered.map((node) => (
          <OutlineNode key={node.id} node={node} judge={judge} />
        ))}
      </ol>
      {ordered.length === 0 && (
        <p className="muted">
          This graph is empty. Choose a module in the palette, or press <kbd className="key">N</kbd>.
        </p>
      )}
      <Notes />
      {adding && (
        <QuickAdd
          at={{ screen: [400, 160], flow: spotBehind(scene.nodes, chosenOf(scene.nodes, selected)) }}
          onClose={() => setAdding(false)}
        />
      )}
      {refused !== undefined && <RefusedWire refused={refused} onClose={dismiss} />}
    </div>
  );
}

function chosenOf(nodes: readonly SceneNode[], selected: ReadonlySet<string>): SceneNode | undefined {
  return selected.size === 1 ? nodes.find(({ id }) => selected.has(id)) : undefined;
}

function Notes() {
  const { draft, set, selected } = useStudio();
  if (draft.notes.length === 0) return null;
  return (
    <section className="outline-notes" aria-label="Notes">
      <h3>Notes</h3>
      {draft.notes.map(({ id, text, tint }) => (
        <button
          key={id}
          type="button"
          className={`tint-${tint}`}
          aria-pressed={selected.has(noteKey(id))}
          onClick={() => set({ select: new Set([noteKey(id)]) })}
        >
          {text || "Empty note"}
        </button>
      ))}
    </section>
  );
}

function OutlineNode({ node, judge }: { readonly node: SceneNode; readonly judge: Judge }) {
  const { selected, set, mayEdit, editor, statuses, prefix, draft, scope } = useStudio();
  const Icon = KIND_ICONS[node.kind];
  const path = prefix + node.id;
  const follow = useCallback((listener: () => void) => statuses.subscribe(path, listener), [statuses, path]);
  const state = useSyncExternalStore(follow, () => statuses.get(path))?.state;
  const group = groupOf(draft.groups, node.id);
  const isHolder = isObject(draft.body.nodes[node.id]?.["body"]);
  return (
    <li className={selected.has(node.id) ? "outline-selected" : undefined}>
      <div className="row">
        <button
          type="button"
          className="outline-name"
          aria-pressed={selected.has(node.id)}
          title="Ctrl and a press chooses more"
          onClick={(event) => set({ select: chosen(selected, node.id, event.ctrlKey || event.metaKey) })}
          onKeyDown={(event) => {
            // A browser presses a button with Enter, but not with Ctrl and Enter; the space bar is free for more.
            if (event.key !== " " || !(event.ctrlKey || event.shiftKey)) return;
            event.preventDefault();
            set({ select: chosen(selected, node.id, true) });
          }}
        >
          <Icon size={16} stroke={1.75} aria-hidden />
          <strong>{node.title}</strong>
          <span className="mono muted small">{node.reference}</span>
        </button>
        {group !== undefined && (
          <button
            type="button"
            className={`outline-group tint-${group.tint}`}
            onClick={() => set({ select: new Set([groupKey(group.id)]) })}
          >
            {group.title || "Group"}
          </button>
        )}
        {state !== undefined && <StatusMark status={state} />}
        {node.problem !== undefined && <span className="run-error small">{node.problem}</span>}
        <span className="push row tight">
          {isHolder && (
            <Tooltip label="Enter the sub-graph">
              <ActionIcon
                aria-label={`Enter ${node.title}`}
                onClick={() => set({ scope: [...scope, node.id] })}
              >
                <IconChevronRight size={16} />
              </ActionIcon>
            </Tooltip>
          )}
          {mayEdit && (
            <Tooltip label="Delete">
              <ActionIcon
                aria-label={`Delete ${node.title}`}
                onClick={() => editor.remove(new Set([node.id]))}
              >
                <IconTrash size={16} />
              </ActionIcon>
            </Tooltip>
          )}
        </span>
      </div>
      <OutlineModifiers node={node} />
      {node.inputs.map((port) => (
        <InputRow key={port.name} node={node} port={port} judge={judge} />
      ))}
    </li>
  );
}

function chosen(before: ReadonlySet<string>, id: string, isMore: boolean): ReadonlySet<string> {
  if (!isMore) return new Set([id]);
  const next = new Set(before);
  if (!next.delete(id)) next.add(id);
  return next;
}

interface InputRowProps {
  readonly node: SceneNode;
  readonly port: Port;
  readonly judge: Judge;
}

/** What feeds one input, and a choice of everything that could. */
function InputRow({ node, port, judge }: InputRowProps) {
  const { scene, editor, mayEdit } = useStudio();
  const wired = scene.edges.find((edge) => edge.target === node.id && edge.input === port.name);
  const sources = scene.nodes
    .filter(({ id }) => id !== node.id)
    .flatMap((source) =>
      source.outputs.map((output) => ({
        value: `${source.id}:${output.name}`,
        label: `${source.title} · ${output.name}`,
        misfits: neverFits(output, port),
      })),
    );
  // What does not fit stays a choice: choosing it tells why.
  const options = [
    ...sources.filter(({ misfits }) => !misfits),
    { group: "Does not fit", items: sources.filter(({ misfits }) => misfits) },
  ];
  const connect = (value: string | null) => {
    if (value === null) {
      if (wired !== undefined) editor.remove(new Set([wired.id]));
      return;
    }
    const ends = parseEdge(`${value}>${node.id}:${port.name}`);
    if (ends !== undefined && edgeKey(ends) !== wired?.id) void judge(ends);
  };
  return (
    <div className="outline-input">
      <PortGlyph kind={port.kind} />
      <span className="mono">{port.name}</span>
      <span className="muted small">{port.type}</span>
      <Select
        className="push"
        aria-label={`Connect ${port.name} of ${node.title} to`}
        placeholder={port.required ? "Connect to… (required)" : "Connect to…"}
        data={options}
        value={wired === undefined ? null : `${wired.source}:${wired.output}`}
        onChange={connect}
        disabled={!mayEdit}
        clearable
        searchable
        w={280}
      />
      {wired?.verdict === "no" && <span className="run-error small">{wired.reason}</span>}
    </div>
  );
}
