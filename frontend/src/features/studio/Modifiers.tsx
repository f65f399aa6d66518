import { ActionIcon, Button, Menu, NumberInput, Select, Textarea, TextInput, Tooltip } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { MODIFIER_ICONS } from "@/design/canvas/kinds";
import { type GraphNode, MODIFIERS, type Modifier, modifiersOf } from "@/domain/graph";
import { isObject, type JsonObject, numberAt, textAt } from "@/domain/json";
import type { Port } from "@/domain/ports";
import { useStudio } from "./studioContext";

interface ModifiersProps {
  readonly id: string;
  readonly node: GraphNode;
  readonly inputs: readonly Port[];
}

const NAMES: Readonly<Record<Modifier, string>> = {
  when: "Only when",
  map: "For each item",
  repeat: "Repeat until",
  cache: "Reuse results",
  retry: "Retry",
  timeout_seconds: "Time limit",
  placement: "Placement",
  on_error: "On error",
};

const RUNNABLE: ReadonlySet<string> = new Set(["module", "layer", "graph"]);
const WAITING: ReadonlySet<string> = new Set(["wait", "signal", "approval"]);

function offered(node: GraphNode): readonly Modifier[] {
  if (RUNNABLE.has(node.kind)) return MODIFIERS;
  return WAITING.has(node.kind) ? ["when", "on_error"] : [];
}

function first(name: Modifier, inputs: readonly Port[]): unknown {
  switch (name) {
    case "when":
      return "true";
    case "map":
      return { over: inputs[0]?.name ?? "", concurrency: 16 };
    case "repeat":
      return { until: "false", max: 10 };
    case "cache":
      return true;
    case "retry":
      return { attempts: 4 };
    case "timeout_seconds":
      return 30;
    case "placement":
      return { queue: "local" };
    case "on_error":
      return "port";
  }
}

/** What surrounds the call of a node, in the order in which it takes effect. */
export function Modifiers({ id, node, inputs }: ModifiersProps) {
  const { editor, mayEdit } = useStudio();
  const possible = offered(node);
  const present = modifiersOf(node);
  const left = possible.filter(
    (name) =>
      !present.includes(name) &&
      !(name === "repeat" && present.includes("map")) &&
      !(name === "map" && present.includes("repeat")),
  );
  if (possible.length === 0) return null;
  return (
    <section className="column tight">
      <div className="row">
        <h3>Modifiers</h3>
        {mayEdit && left.length > 0 && (
          <Menu>
            <Menu.Target>
              <Button
                className="push"
                size="compact-xs"
                variant="subtle"
                leftSection={<IconPlus size={12} />}
              >
                Add
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {left.map((name) => {
                const [Icon, words] = MODIFIER_ICONS[name];
                return (
                  <Menu.Item
                    key={name}
                    leftSection={<Icon size={14} />}
                    title={words}
                    onClick={() => editor.setModifier(id, name, first(name, inputs))}
                  >
                    {NAMES[name]}
                  </Menu.Item>
                );
              })}
            </Menu.Dropdown>
          </Menu>
        )}
      </div>
      {present.length === 0 && (
        <p className="small muted">None: it runs once, whenever its inputs are there.</p>
      )}
      {present.map((name) => {
        const [Icon, words] = MODIFIER_ICONS[name];
        return (
          <div key={name} className="modifier">
            <div className="row tight">
              <Icon size={14} aria-hidden />
              <strong title={words}>{NAMES[name]}</strong>
              {mayEdit && (
                <Tooltip label="Remove">
                  <ActionIcon
                    className="push"
                    size={24}
                    aria-label={`Remove ${NAMES[name]}`}
                    onClick={() => editor.setModifier(id, name, undefined)}
                  >
                    <IconX size={14} />
                  </ActionIcon>
                </Tooltip>
              )}
            </div>
            <ModifierFields
              name={name}
              value={node[name]}
              inputs={inputs}
              disabled={!mayEdit}
              onChange={(value) => editor.setModifier(id, name, value)}
            />
          </div>
        );
      })}
    </section>
  );
}

interface FieldsProps {
  readonly name: Modifier;
  readonly value: unknown;
  readonly inputs: readonly Port[];
  readonly disabled: boolean;
  readonly onChange: (value: unknown) => void;
}

function ModifierFields({ name, value, inputs, disabled, onChange }: FieldsProps) {
  const object: JsonObject = isObject(value) ? value : {};
  const number = (field: string, label: string, min = 0) => (
    <NumberInput
      label={label}
      min={min}
      value={numberAt(object, field) ?? ""}
      onChange={(next) => {
        const { [field]: _old, ...rest } = object;
        onChange(next === "" ? rest : { ...rest, [field]: Number(next) });
      }}
      disabled={disabled}
    />
  );
  const text = (field: string, label: string) => (
    <TextInput
      label={label}
      value={textAt(object, field) ?? ""}
      onChange={(event) => onChange({ ...object, [field]: event.currentTarget.value })}
      disabled={disabled}
    />
  );
  switch (name) {
    case "when":
      return (
        <Textarea
          aria-label="Condition"
          description="An expression over inputs and parameters"
          className="mono-field"
          value={typeof value === "string" ? value : ""}
          onChange={(event) => onChange(event.currentTarget.value)}
          disabled={disabled}
          autosize
        />
      );
    case "map":
      return (
        <>
          <Select
            label="Over the items of"
            data={inputs.map((port) => port.name)}
            value={textAt(object, "over") ?? null}
            onChange={(next) => onChange({ ...object, over: next })}
            disabled={disabled}
          />
          {number("concurrency", "At once", 1)}
          <Select
            label="When an item fails"
            data={[
              { value: "fail", label: "fail the node" },
              { value: "collect", label: "leave it out and collect the error" },
            ]}
            value={textAt(object, "failures") ?? "fail"}
            onChange={(next) => onChange({ ...object, failures: next })}
            disabled={disabled}
          />
        </>
      );
    case "repeat":
      return (
        <>
          {text("until", "Until (expression)")}
          {number("max", "At most", 1)}
          {number("delay_seconds", "Pause (seconds)")}
        </>
      );
    case "cache":
      return (
        <Select
          aria-label="Reuse results"
          data={[
            { value: "yes", label: "in every run" },
            { value: "no", label: "never" },
          ]}
          value={value === true ? "yes" : "no"}
          onChange={(next) => onChange(next === "yes")}
          disabled={disabled}
        />
      );
    case "retry":
      return (
        <>
          {number("attempts", "Attempts, the first included", 1)}
          {number("first_seconds", "First pause (seconds)")}
          {number("factor", "Growing by", 1)}
          {number("cap_seconds", "At most (seconds)")}
        </>
      );
    case "timeout_seconds":
      return (
        <NumberInput
          aria-label="Seconds"
          min={0.1}
          value={typeof value === "number" ? value : ""}
          onChange={(next) => typeof next === "number" && onChange(next)}
          disabled={disabled}
          suffix=" s"
        />
      );
    case "placement":
      return (
        <>
          <Select
            label="Strategy"
            placeholder="the host's choice"
            data={["process", "inline", "wasm", "http"]}
            value={textAt(object, "strategy") ?? null}
            onChange={(next) => {
              const { strategy: _old, ...rest } = object;
              onChange(next === null ? rest : { ...rest, strategy: next });
            }}
            disabled={disabled}
            clearable
          />
          {text("queue", "Queue")}
        </>
      );
    case "on_error":
      return (
        <Select
          aria-label="On error"
          data={[
            { value: "fail", label: "fail the graph" },
            { value: "port", label: "emit it on the port error" },
            ...(isObject(value) ? [{ value: "default", label: "use fixed outputs" }] : []),
          ]}
          value={typeof value === "string" ? value : "default"}
          onChange={(next) => next !== "default" && onChange(next)}
          disabled={disabled}
        />
      );
  }
}
