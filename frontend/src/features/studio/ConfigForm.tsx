import { ActionIcon, Menu, TextInput, Tooltip } from "@mantine/core";
import { IconMathFunction, IconX } from "@tabler/icons-react";
import { useMemo } from "react";
import { SchemaForm } from "@/design/form/SchemaForm";
import { isObject, type JsonObject, objectAt, textAt } from "@/domain/json";

interface ConfigFormProps {
  readonly schema: unknown;
  readonly config: JsonObject;
  readonly disabled: boolean;
  readonly onChange: (config: JsonObject) => void;
}

function isExpression(value: unknown): value is JsonObject {
  return isObject(value) && typeof value["$cel"] === "string";
}

/** Which setting somebody changed. Without a field the form only filled in defaults, which nobody asked to keep. */
function changedProperty(field: string | undefined, names: readonly string[]): string | undefined {
  const fits = names.filter((name) => field === `root_${name}` || field?.startsWith(`root_${name}_`));
  return fits.sort((a, b) => b.length - a.length)[0];
}

function withProperty(config: JsonObject, name: string, value: unknown): JsonObject {
  const { [name]: _old, ...rest } = config;
  return value === undefined ? rest : { ...rest, [name]: value };
}

/** Settings as a form made from their schema; each may be an expression over the graph's parameters instead. */
export function ConfigForm({ schema, config, disabled, onChange }: ConfigFormProps) {
  const properties = objectAt(schema, "properties");
  const expressions = Object.entries(config).filter(([, value]) => isExpression(value));
  const names = expressions.map(([name]) => name).join();
  const plain = useMemo(() => {
    const computed = new Set(names === "" ? [] : names.split(","));
    const kept = Object.entries(properties).filter(([name]) => !computed.has(name));
    const required = Array.isArray((schema as JsonObject)["required"])
      ? ((schema as JsonObject)["required"] as string[])
      : [];
    return {
      ...(schema as JsonObject),
      properties: Object.fromEntries(kept),
      required: required.filter((name) => !computed.has(name)),
    };
  }, [schema, properties, names]);
  const values = Object.fromEntries(Object.entries(config).filter(([, value]) => !isExpression(value)));
  const others = Object.keys(plain.properties);
  if (Object.keys(properties).length === 0) return <p className="small muted">It has no settings.</p>;
  return (
    <div className="config-form">
      <SchemaForm
        schema={plain}
        value={values}
        disabled={disabled}
        onChange={(next, field) => {
          const name = changedProperty(field, others);
          if (name !== undefined) onChange(withProperty(config, name, (next as JsonObject)[name]));
        }}
      />
      {expressions.map(([name, value]) => (
        <TextInput
          key={name}
          label={textAt(properties[name], "title") ?? name}
          className="mono-field"
          leftSection={<IconMathFunction size={14} />}
          value={textAt(value, "$cel") ?? ""}
          onChange={(event) => onChange({ ...config, [name]: { $cel: event.currentTarget.value } })}
          disabled={disabled}
          rightSection={
            <Tooltip label="Use a fixed value">
              <ActionIcon
                size={22}
                aria-label={`Use a fixed value for ${name}`}
                disabled={disabled}
                onClick={() => {
                  const { [name]: _old, ...rest } = config;
                  onChange(rest);
                }}
              >
                <IconX size={12} />
              </ActionIcon>
            </Tooltip>
          }
        />
      ))}
      {!disabled && others.length > 0 && (
        <Menu>
          <Menu.Target>
            <button type="button" className="tag config-expression">
              <IconMathFunction size={12} aria-hidden /> Compute a setting…
            </button>
          </Menu.Target>
          <Menu.Dropdown>
            {others.map((name) => (
              <Menu.Item
                key={name}
                onClick={() => onChange({ ...config, [name]: { $cel: `parameters.${name}` } })}
              >
                {name}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </div>
  );
}
