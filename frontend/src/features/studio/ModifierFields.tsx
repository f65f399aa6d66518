import { NumberInput, Select, Textarea, TextInput } from "@mantine/core";
import { isObject, type JsonObject, numberAt, objectAt, textAt } from "@/domain/json";
import type { Modifier } from "@/domain/modifiers";
import type { Port } from "@/domain/ports";
import { sampleOf } from "@/domain/sample";
import { JsonText } from "./JsonText";

interface FieldsProps {
  readonly name: Modifier;
  readonly value: unknown;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly disabled: boolean;
  readonly onChange: (value: unknown) => void;
}

/** The form of one modifier. */
export function ModifierFields({ name, value, inputs, outputs, disabled, onChange }: FieldsProps) {
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
      return <OnErrorField value={value} outputs={outputs} disabled={disabled} onChange={onChange} />;
  }
}

type OnErrorProps = Pick<FieldsProps, "value" | "outputs" | "disabled" | "onChange">;

function OnErrorField({ value, outputs, disabled, onChange }: OnErrorProps) {
  const given = isObject(value) ? objectAt(value, "default") : undefined;
  const named = outputs.filter(({ name }) => name !== "error");
  const start = () =>
    Object.fromEntries(named.map(({ name, spec }) => [name, sampleOf(spec["schema"]) ?? null]));
  return (
    <>
      <Select
        aria-label="On error"
        data={[
          { value: "fail", label: "fail the graph" },
          { value: "port", label: "give it to the port error" },
          { value: "default", label: "give these outputs instead" },
        ]}
        value={typeof value === "string" ? value : "default"}
        onChange={(next) => next !== null && onChange(next === "default" ? { default: start() } : next)}
        disabled={disabled}
        allowDeselect={false}
      />
      {given !== undefined && (
        <JsonText
          label="Outputs instead"
          value={given}
          onChange={(next) => isObject(next) && onChange({ default: next })}
          isLabelHidden
        />
      )}
    </>
  );
}
