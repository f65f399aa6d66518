import { Checkbox } from "@mantine/core";
import type { WidgetProps } from "@rjsf/utils";

/** A setting to tick: its name stands beside the box, what it means below the name. */
export function FormCheckbox(props: WidgetProps) {
  const { id, name, value, label, hideLabel, schema, options, disabled, readonly, rawErrors, onChange } =
    props;
  return (
    <Checkbox
      id={id}
      name={name}
      label={hideLabel ? undefined : label}
      description={options.description ?? schema.description}
      checked={value === true}
      disabled={disabled === true || readonly === true}
      error={rawErrors?.join("\n")}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  );
}
