import { NumberInput, Select, Textarea, TextInput } from "@mantine/core";
import type { GraphNode } from "@/domain/graph";
import { numberAt, objectAt, textAt } from "@/domain/json";
import { ApprovalFields } from "./ApprovalFields";
import { JsonText } from "./JsonText";
import { useStudio } from "./studioContext";
import { WaitFields } from "./WaitFields";

interface KindFieldsProps {
  readonly id: string;
  readonly node: GraphNode;
}

/** The fields that belong to the kind of a node. */
export function KindFields({ id, node }: KindFieldsProps) {
  switch (node.kind) {
    case "input":
      return (
        <>
          <TextField id={id} node={node} field="name" label="Name" />
          <PortTypeField id={id} node={node} />
        </>
      );
    case "output":
      return <TextField id={id} node={node} field="name" label="Name" />;
    case "layer":
      return <TextField id={id} node={node} field="layer" label="Layer" />;
    case "constant":
      return <JsonField id={id} node={node} field="value" label="Value" />;
    case "approval":
      return (
        <>
          <TextField id={id} node={node} field="prompt" label="Question" long />
          <ApprovalFields id={id} node={node} />
          <SecondsField id={id} node={node} field="deadline_seconds" label="Waits at most (seconds)" />
        </>
      );
    case "wait":
      return <WaitFields id={id} node={node} />;
    case "signal":
      return (
        <>
          <TextField id={id} node={node} field="name" label="Name" />
          <JsonField id={id} node={node} field="schema" label="Schema of the message" />
          <SecondsField id={id} node={node} field="deadline_seconds" label="Waits at most (seconds)" />
        </>
      );
    case "module":
    case "graph":
      return null;
  }
}

interface FieldProps extends KindFieldsProps {
  readonly field: string;
  readonly label: string;
}

function TextField({ id, node, field, label, long = false }: FieldProps & { readonly long?: boolean }) {
  const { editor, mayEdit } = useStudio();
  const Field = long ? Textarea : TextInput;
  return (
    <Field
      label={label}
      value={textAt(node, field) ?? ""}
      onChange={(event: { currentTarget: { value: string } }) =>
        editor.setRef(id, { [field]: event.currentTarget.value })
      }
      disabled={!mayEdit}
    />
  );
}

function SecondsField({ id, node, field, label }: FieldProps) {
  const { editor, mayEdit } = useStudio();
  return (
    <NumberInput
      label={label}
      min={0}
      value={numberAt(node, field) ?? ""}
      onChange={(value) => typeof value === "number" && editor.setRef(id, { [field]: value })}
      disabled={!mayEdit}
    />
  );
}

function JsonField({ id, node, field, label }: FieldProps) {
  const { editor } = useStudio();
  return (
    <JsonText label={label} value={node[field]} onChange={(value) => editor.setRef(id, { [field]: value })} />
  );
}

const TYPES = ["string", "number", "integer", "boolean", "object", "array"] as const;

function PortTypeField({ id, node }: KindFieldsProps) {
  const { editor, mayEdit } = useStudio();
  const port = objectAt(node, "port");
  const media = textAt(port, "media") ?? "json";
  const type = textAt(objectAt(port, "schema"), "type");
  const choose = (next: string | null) => {
    if (next === "binary") editor.setRef(id, { port: { media: "binary", type: "*/*" } });
    else if (next === "any") editor.setRef(id, { port: { media: "json", schema: true } });
    else if (next !== null) editor.setRef(id, { port: { media: "json", schema: { type: next } } });
  };
  return (
    <>
      <Select
        label="Type"
        data={[...TYPES, "any", "binary", ...(media === "table" ? ["table"] : [])]}
        value={media === "json" ? (type ?? "any") : media}
        onChange={choose}
        disabled={!mayEdit}
      />
      <JsonField key={`${media} ${type}`} id={id} node={node} field="port" label="Port, in full" />
    </>
  );
}
