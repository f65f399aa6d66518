import { TextInput } from "@mantine/core";
import type { LiveRun } from "@/api/useRunFeed";
import { PortLabel } from "@/design/PortGlyph";
import { type GraphNode, nodeTitle } from "@/domain/graph";
import { objectAt, textAt } from "@/domain/json";
import { CommandList } from "./CommandList";
import { KindFields } from "./KindFields";
import { ConfigForm } from "./laterForms";
import { Modifiers } from "./Modifiers";
import { NodeValues } from "./NodeValues";
import { PinField } from "./PinField";
import { useStudio } from "./studioContext";

interface NodeInspectorProps {
  readonly id: string;
  readonly live: LiveRun;
}

export function NodeInspector({ id, live }: NodeInspectorProps) {
  const { draft, scene, editor, mayEdit, check } = useStudio();
  const node = draft.body.nodes[id];
  if (node === undefined) return null;
  const shown = scene.nodes.find((each) => each.id === id);
  const problems = check.problems.filter(({ path }) => path.startsWith(`/nodes/${id}`));
  const schema = check.configs.get(id);
  return (
    <div className="inspector-part">
      <TextInput
        label="Title"
        placeholder={nodeTitle(id, { ...node, title: "" } as GraphNode)}
        value={textAt(node, "title") ?? ""}
        onChange={(event) => editor.setTitle(id, event.currentTarget.value)}
        disabled={!mayEdit}
      />
      {problems.map((problem) => (
        <p key={problem.path + problem.message} className="run-error small" role="alert">
          {problem.message}
        </p>
      ))}
      <PinField id={id} node={node} />
      <KindFields id={id} node={node} />
      {schema !== undefined && (
        <section className="column tight">
          <h3>Settings</h3>
          <ConfigForm
            key={id}
            schema={schema}
            config={objectAt(node, "config")}
            disabled={!mayEdit}
            onChange={(config) => editor.setConfig(id, config)}
          />
        </section>
      )}
      <Modifiers id={id} node={node} inputs={shown?.inputs ?? []} outputs={shown?.outputs ?? []} />
      {shown !== undefined && (
        <section className="column tight">
          <h3>Ports</h3>
          {shown.inputs.map((port) => (
            <PortLabel key={`in ${port.name}`} kind={port.kind} name={port.name} type={port.type} />
          ))}
          {shown.inputs.length > 0 && shown.outputs.length > 0 && <hr className="divider" />}
          {shown.outputs.map((port) => (
            <PortLabel key={`out ${port.name}`} kind={port.kind} name={port.name} type={port.type} />
          ))}
        </section>
      )}
      <NodeValues id={id} node={node} live={live} />
      <CommandList />
    </div>
  );
}
