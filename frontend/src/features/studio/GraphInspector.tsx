import { Textarea, TextInput } from "@mantine/core";
import { PortLabel } from "@/design/PortGlyph";
import { nodesOf, plainNode } from "@/domain/draft";
import { graphInputs, nodeTitle, topologicalOrder } from "@/domain/graph";
import { textAt } from "@/domain/json";
import { portsOf } from "@/domain/ports";
import { countText } from "@/domain/words";
import { Parameters } from "./Parameters";
import { useStudio } from "./studioContext";

/** The graph, or the sub-graph that is entered. */
export function GraphInspector() {
  const { draft, editor, mayEdit, scene, parent } = useStudio();
  const inputs = portsOf(Object.fromEntries(graphInputs(draft.body)));
  const outputs = topologicalOrder(draft.body).flatMap((id) => {
    const node = draft.body.nodes[id];
    const port = scene.nodes.find((each) => each.id === id)?.inputs[0];
    return node?.kind === "output" ? [{ name: textAt(node, "name") ?? id, port }] : [];
  });
  const holder = parent === undefined ? undefined : nodesOf(editor.doc).get(parent);
  const outer = holder === undefined ? undefined : plainNode(holder);
  return (
    <div className="inspector-part">
      {parent === undefined || outer === undefined ? (
        <>
          <h2>{draft.title || "Graph"}</h2>
          <Textarea
            label="What it is for"
            value={draft.doc}
            onChange={(event) => editor.setMeta("doc", event.currentTarget.value)}
            disabled={!mayEdit}
            autosize
            minRows={2}
          />
        </>
      ) : (
        <TextInput
          label="Sub-graph"
          value={textAt(outer, "title") ?? ""}
          placeholder={nodeTitle(parent, outer)}
          onChange={(event) => editor.setTitle(parent, event.currentTarget.value)}
          disabled={!mayEdit}
        />
      )}
      <div className="column tight">
        <h3>Takes</h3>
        {inputs.map((port) => (
          <PortLabel key={port.name} kind={port.kind} name={port.name} type={port.type} />
        ))}
        {inputs.length === 0 && (
          <p className="small muted">Nothing. Add an input node for what a run is started with.</p>
        )}
      </div>
      <div className="column tight">
        <h3>Gives</h3>
        {outputs.map(({ name, port }) => (
          <PortLabel key={name} kind={port?.kind ?? "any"} name={name} type={port?.type ?? "not known"} />
        ))}
        {outputs.length === 0 && (
          <p className="small muted">Nothing. Add an output node for what should come out.</p>
        )}
      </div>
      <Parameters />
      <p className="small muted">
        {countText(scene.nodes.length, "node")}, {countText(scene.edges.length, "wire")}. Press{" "}
        <kbd className="key">?</kbd> for the keys.
      </p>
    </div>
  );
}
