/**
 * The judge of forms.
 *
 * Owns:     checking what is typed against a schema by interpreting it.
 * Promises: no code is made at run time, which our content policy forbids.
 * Never:    has the last word: the server checks again.
 */

import { Validator } from "@cfworker/json-schema";
import {
  createErrorHandler,
  type RJSFSchema,
  toErrorSchema,
  unwrapErrorHandler,
  type ValidatorType,
  validationDataMerge,
} from "@rjsf/utils";

interface Finding {
  readonly name: string;
  readonly message: string;
  readonly property: string;
  readonly stack: string;
}

/** What these say is said once more, with its place, by what they are about. */
const SUMMARIES: ReadonlySet<string> = new Set(["properties", "items", "additionalProperties"]);

/** `#/rows/0/name` as the form writes it: `.rows.0.name`. */
function propertyPath(location: string): string {
  const parts = location
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  return parts.map((part) => `.${part}`).join("");
}

function findings(schema: unknown, value: unknown): Finding[] {
  const result = new Validator(schema as object, "2020-12", false).validate(value);
  return result.errors
    .filter(({ keyword }) => !SUMMARIES.has(keyword))
    .map(({ keyword, error, instanceLocation }) => {
      const property = propertyPath(instanceLocation);
      return { name: keyword, message: error, property, stack: `${property} ${error}` };
    });
}

/** What is refused for its own sake is refused once more where nothing else is allowed: one reason is enough. */
function withoutEchoes(found: readonly Finding[]): Finding[] {
  const refused = new Set(found.filter(({ name }) => name !== "false").map(({ property }) => property));
  return found.filter(({ name, property }) => name !== "false" || !refused.has(property));
}

export const validator: ValidatorType = {
  validateFormData(formData, schema, customValidate, transformErrors, uiSchema) {
    const found = withoutEchoes(findings(schema, formData));
    const errors = transformErrors ? transformErrors(found, uiSchema) : found;
    const errorSchema = toErrorSchema(errors);
    if (customValidate === undefined) return { errors, errorSchema };
    const custom = unwrapErrorHandler(customValidate(formData, createErrorHandler(formData), uiSchema));
    return validationDataMerge({ errors, errorSchema }, custom);
  },
  isValid(schema: RJSFSchema | boolean, formData, rootSchema) {
    if (typeof schema === "boolean") return schema;
    const { $id: _id, ...rest } = schema;
    return findings({ ...rest, $defs: { ...rootSchema.$defs, ...rest.$defs } }, formData).length === 0;
  },
  rawValidation: (schema, formData) => ({ errors: findings(schema, formData) as never }),
  reset: () => undefined,
};
