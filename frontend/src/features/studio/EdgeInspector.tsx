import { Button, Textarea } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import type { LiveRun } from "@/api/useRunFeed";
import { PortLabel } from "@/design/PortGlyph";
import { ValueView } from "@/design/ValueView";
import { parseEdge } from "@/domain/graph";
import { plainId } from "@/domain/ids";
import { brief, isObject, objectAt, textAt } from "@/domain/json";
import { countText } from "@/domain/words";
import { useStudio } from "./studioContext";
import { useLastData } from "./useLastData";

const WORDS = {
  yes: "Every value that comes out fits.",
  no: "Some values that come out do not fit.",
  unknown: "It cannot be proven either way, so every value is checked on the way.",
} as const;

interface EdgeInspectorProps {
  readonly id: string;
  readonly live: LiveRun;
}

export function EdgeInspector({ id, live }: EdgeInspectorProps) {
  const { scene, editor, mayEdit, set, check, draft, run, prefix } = useStudio();
  const ends = parseEdge(id);
  const edge = scene.edges.find((each) => each.id === id);
  const answer = check.edges.get(id);
  const data = useLastData(ends?.source ?? "", live);
  if (ends === undefined || edge === undefined) return null;
  const from = scene.nodes.find((node) => node.id === ends.source);
  const to = scene.nodes.find((node) => node.id === ends.target);
  const output = from?.outputs.find(({ name }) => name === ends.output);
  const input = to?.inputs.find(({ name }) => name === ends.input);
  const select = textAt(draft.body.edges[id], "select") ?? "";
  const items = live.view?.nodes[prefix + ends.source]?.total;
  const passed = objectAt(data?.outputs, ends.output);
  return (
    <div className="inspector-part">
      <h2>Wire</h2>
      <div className="column tight">
        <span className="small muted">From {from?.title}</span>
        {output && <PortLabel kind={output.kind} name={output.name} type={output.type} />}
        <span className="small muted">To {to?.title}</span>
        {input && <PortLabel kind={input.kind} name={input.name} type={input.type} />}
      </div>
      {edge.verdict !== undefined && (
        <div className={`verdict verdict-${edge.verdict}`}>
          <strong>{WORDS[edge.verdict]}</strong>
          {edge.reason !== "" && <p className="small">{edge.reason}</p>}
          {answer?.hasWitness && (
            <p className="small">
              Breaks on <code className="mono">{brief(answer.witness, 200)}</code>
            </p>
          )}
          {isObject(answer?.adapter) && Object.keys(answer.adapter).length > 0 && (
            <p className="small muted">On the way: {brief(answer.adapter, 200)}</p>
          )}
        </div>
      )}
      {run !== undefined && "media" in passed && (
        <section className="column tight">
          <h3>Last run</h3>
          <ValueView name={ends.output} document={passed} artifactBase={`/runs/${plainId(run)}/artifacts/`} />
        </section>
      )}
      {run !== undefined && items !== undefined && items > 0 && (
        <section className="column tight">
          <h3>Last run</h3>
          <p className="small muted">
            {from?.title} ran for {countText(items, "item")}; what it gave for each stands with the node.
          </p>
          <Button variant="default" onClick={() => set({ select: new Set([ends.source]) })}>
            Look at its items
          </Button>
        </section>
      )}
      <Textarea
        label="Take only a part"
        description="An expression over value, for example value.items[0]"
        className="mono-field"
        value={select}
        onChange={(event) => {
          const { select: _old, ...rest } = draft.body.edges[id] ?? {};
          const text = event.currentTarget.value;
          editor.setEdge(id, text === "" ? rest : { ...rest, select: text });
        }}
        disabled={!mayEdit}
        autosize
      />
      {mayEdit && (
        <Button
          variant="default"
          leftSection={<IconTrash size={14} />}
          onClick={() => {
            editor.remove(new Set([id]));
            set({ select: new Set() });
          }}
        >
          Delete the wire
        </Button>
      )}
    </div>
  );
}
