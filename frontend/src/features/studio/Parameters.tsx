import { ActionIcon, Button, Select, TextInput, Tooltip } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { isObject, type JsonObject, objectAt, readJson, textAt } from "@/domain/json";
import { useStudio } from "./studioContext";

const TYPES = ["string", "integer", "number", "boolean"] as const;
const NAME = /^[a-z][a-z0-9_]{0,62}$/;

/** What a run may set, and expressions may use as parameters.name. Schemas beyond one type are kept as they are. */
export function Parameters() {
  const { draft, editor, mayEdit, parent } = useStudio();
  const properties = objectAt(draft.parameters, "properties");
  const set = (next: JsonObject) => {
    const { properties: _old, ...rest } = draft.parameters;
    const schema = { type: "object", additionalProperties: false, ...rest, properties: next };
    editor.setParameters(parent, Object.keys(next).length === 0 ? {} : schema);
  };
  const add = () => {
    let name = "parameter";
    for (let count = 2; name in properties; count += 1) name = `parameter_${count}`;
    set({ ...properties, [name]: { type: "string", default: "" } });
  };
  const entries = Object.entries(properties);
  return (
    <section className="column tight">
      <div className="row">
        <h3>{parent === undefined ? "Parameters" : "Settings of the sub-graph"}</h3>
        {mayEdit && (
          <Button
            className="push"
            size="compact-xs"
            variant="subtle"
            leftSection={<IconPlus size={12} />}
            onClick={add}
          >
            Add
          </Button>
        )}
      </div>
      {entries.length === 0 && (
        <p className="small muted">
          None.{" "}
          {parent === undefined
            ? "Every run may choose its parameters anew."
            : "The graph around it gives them."}
        </p>
      )}
      {entries.map(([name, schema], place) => (
        <ParameterRow
          // biome-ignore lint/suspicious/noArrayIndexKey: the name is what is being written.
          key={place}
          name={name}
          schema={isObject(schema) ? schema : {}}
          taken={properties}
          onRename={(next) =>
            set(Object.fromEntries(entries.map(([each, value]) => [each === name ? next : each, value])))
          }
          onChange={(next) => set({ ...properties, [name]: next })}
          onRemove={() => set(Object.fromEntries(entries.filter(([each]) => each !== name)))}
        />
      ))}
    </section>
  );
}

interface ParameterRowProps {
  readonly name: string;
  readonly schema: JsonObject;
  readonly taken: JsonObject;
  readonly onRename: (name: string) => void;
  readonly onChange: (schema: JsonObject) => void;
  readonly onRemove: () => void;
}

function ParameterRow({ name, schema, taken, onRename, onChange, onRemove }: ParameterRowProps) {
  const { mayEdit } = useStudio();
  const [text, setText] = useState(name);
  const type = textAt(schema, "type") ?? "any";
  const isWrong = text !== name && (!NAME.test(text) || text in taken);
  return (
    <div className="parameter">
      <TextInput
        aria-label="Name"
        className="mono-field"
        value={text}
        error={isWrong && "Use a to z, 0 to 9 and _, and each name once"}
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={() => (isWrong ? setText(name) : text !== name && onRename(text))}
        disabled={!mayEdit}
      />
      <Select
        aria-label={`Type of ${name}`}
        data={TYPES.some((each) => each === type) ? [...TYPES] : [...TYPES, type]}
        value={type}
        onChange={(next) => next !== null && next !== type && onChange({ type: next })}
        disabled={!mayEdit}
        allowDeselect={false}
      />
      <DefaultField key={type} type={type} schema={schema} name={name} onChange={onChange} />
      {mayEdit && (
        <Tooltip label="Remove">
          <ActionIcon aria-label={`Remove ${name}`} onClick={onRemove}>
            <IconX size={14} />
          </ActionIcon>
        </Tooltip>
      )}
    </div>
  );
}

interface DefaultFieldProps {
  readonly type: string;
  readonly name: string;
  readonly schema: JsonObject;
  readonly onChange: (schema: JsonObject) => void;
}

/** The default as text: words as they are, everything else as JSON. Empty: a run has to give the value. */
function DefaultField({ type, name, schema, onChange }: DefaultFieldProps) {
  const { mayEdit } = useStudio();
  const { default: given, ...rest } = schema;
  const isText = type === "string";
  const [text, setText] = useState(() =>
    given === undefined ? "" : isText ? String(given) : JSON.stringify(given),
  );
  const value = isText ? text : readJson(text);
  const change = (next: string) => {
    setText(next);
    const found = isText ? next : readJson(next);
    if (next === "" && !isText) onChange(rest);
    else if (found !== undefined) onChange({ ...rest, default: found });
  };
  return (
    <TextInput
      aria-label={`Default of ${name}`}
      placeholder={isText ? "" : "no default"}
      value={text}
      error={text !== "" && value === undefined && "Not JSON"}
      onChange={(event) => change(event.currentTarget.value)}
      disabled={!mayEdit}
    />
  );
}
