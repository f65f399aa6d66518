import { withTheme } from "@rjsf/core";
import { Theme } from "@rjsf/mantine";
import type { RJSFSchema, UiSchema } from "@rjsf/utils";
import { useMemo } from "react";
import { objectAt } from "@/domain/json";
import { FormCheckbox } from "./FormCheckbox";
import { validator } from "./validator";
import { worded } from "./worded";
import "./form.css";

const Form = withTheme(Theme);
const LOOK: UiSchema = { "ui:submitButtonOptions": { norender: true }, "ui:label": false };
const WIDGETS = { CheckboxWidget: FormCheckbox };

/** The first field is where somebody begins to write. */
function beginning(schema: unknown): UiSchema {
  const [first] = Object.keys(objectAt(schema, "properties"));
  return first === undefined ? LOOK : { ...LOOK, [first]: { "ui:autofocus": true } };
}

interface SchemaFormProps {
  readonly schema: unknown;
  readonly value: unknown;
  readonly disabled?: boolean;
  readonly hasFocus?: boolean;
  /** `field` is the form's id of what somebody changed; without one it only filled in defaults. */
  readonly onChange: (value: unknown, field: string | undefined) => void;
}

/** A value as a form made from its schema. */
export function SchemaForm({ schema, value, disabled = false, hasFocus = false, onChange }: SchemaFormProps) {
  const shown = useMemo(() => worded(schema) as RJSFSchema, [schema]);
  const look = useMemo(() => (hasFocus ? beginning(schema) : LOOK), [schema, hasFocus]);
  return (
    <Form
      className="schema-form"
      schema={shown}
      uiSchema={look}
      formData={value}
      validator={validator}
      widgets={WIDGETS}
      disabled={disabled}
      liveValidate
      showErrorList={false}
      onChange={({ formData }, field) => onChange(formData, field)}
      tagName="div"
    />
  );
}
