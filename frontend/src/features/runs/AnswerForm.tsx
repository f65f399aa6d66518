import { Textarea } from "@mantine/core";
import { later } from "@/design/later";
import { Loading } from "@/design/Message";
import { isObject, objectAt, readJson } from "@/domain/json";

const SchemaForm = later(
  () => import("@/design/form/SchemaForm").then(({ SchemaForm }) => SchemaForm),
  <Loading rows={2} />,
);

interface AnswerFormProps {
  readonly label: string;
  readonly schema: unknown;
  /** As JSON, so that what is not finished stays as it was typed. */
  readonly text: string;
  readonly onChange: (text: string) => void;
}

/** What somebody answers a run: a form where the schema says of what kind the value is, else JSON. */
export function AnswerForm({ label, schema, text, onChange }: AnswerFormProps) {
  const value = readJson(text);
  if (isObject(schema) && schema["type"] === "object") {
    return (
      <SchemaForm
        hasFocus
        schema={schema}
        value={value}
        onChange={(next) => onChange(JSON.stringify(next))}
      />
    );
  }
  if (isObject(schema) && typeof schema["type"] === "string") {
    return (
      <SchemaForm
        hasFocus
        schema={{
          type: "object",
          properties: { value: { title: label, ...schema } },
          required: ["value"],
          $defs: objectAt(schema, "$defs"),
        }}
        value={{ value }}
        onChange={(next) => onChange(JSON.stringify((next as { value?: unknown }).value) ?? "")}
      />
    );
  }
  return (
    <Textarea
      label={label}
      description="Any JSON value."
      className="mono"
      value={text}
      error={value === undefined ? "This is not JSON." : undefined}
      onChange={(event) => onChange(event.currentTarget.value)}
      data-autofocus
    />
  );
}
