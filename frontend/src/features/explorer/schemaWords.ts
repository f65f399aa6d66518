/** The schema as people read it. */

import {
  type GraphQLArgument,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isUnionType,
} from "graphql";

export interface FieldWords {
  readonly name: string;
  readonly doc: string;
  readonly type: string;
  /** The type's name without lists and marks, to go to. */
  readonly target: string;
  readonly args: readonly FieldWords[];
}

export interface TypeWords {
  readonly name: string;
  readonly kind: "object" | "input" | "interface" | "union" | "enum" | "scalar";
  readonly doc: string;
  readonly fields: readonly FieldWords[];
  readonly values: readonly { readonly name: string; readonly doc: string }[];
  /** Types of a union, or what an interface is implemented by. */
  readonly options: readonly string[];
}

export function rootNames(schema: GraphQLSchema): readonly string[] {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  return roots.flatMap((type) => (type ? [type.name] : []));
}

export function describeType(schema: GraphQLSchema, name: string): TypeWords | undefined {
  const type = schema.getType(name);
  if (type === undefined) return undefined;
  const hasFields = isObjectType(type) || isInterfaceType(type) || isInputObjectType(type);
  return {
    name,
    kind: kindOf(type),
    doc: type.description ?? "",
    fields: hasFields ? Object.values(type.getFields()).map(fieldWords) : [],
    values: isEnumType(type)
      ? type.getValues().map((value) => ({ name: value.name, doc: value.description ?? "" }))
      : [],
    options:
      isUnionType(type) || isInterfaceType(type)
        ? schema.getPossibleTypes(type).map((each) => each.name)
        : [],
  };
}

type Described = Pick<GraphQLArgument, "name" | "description" | "type"> & {
  readonly args?: readonly GraphQLArgument[];
};

function fieldWords(field: Described): FieldWords {
  return {
    name: field.name,
    doc: field.description ?? "",
    type: String(field.type),
    target: getNamedType(field.type).name,
    args: (field.args ?? []).map(fieldWords),
  };
}

function kindOf(type: GraphQLNamedType): TypeWords["kind"] {
  if (isObjectType(type)) return "object";
  if (isInputObjectType(type)) return "input";
  if (isInterfaceType(type)) return "interface";
  if (isUnionType(type)) return "union";
  return isEnumType(type) ? "enum" : "scalar";
}

export interface Hit {
  readonly type: string;
  readonly field: string | undefined;
}

const MOST_HITS = 40;

/** Types and fields whose name holds the text; those that begin with it first. */
export function findInSchema(schema: GraphQLSchema, text: string): readonly Hit[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return [];
  const hits: Hit[] = [];
  for (const name of Object.keys(schema.getTypeMap())) {
    if (name.startsWith("__")) continue;
    if (name.toLowerCase().includes(wanted)) hits.push({ type: name, field: undefined });
    for (const field of describeType(schema, name)?.fields ?? []) {
      if (field.name.toLowerCase().includes(wanted)) hits.push({ type: name, field: field.name });
    }
  }
  const rank = (hit: Hit) => Number(!(hit.field ?? hit.type).toLowerCase().startsWith(wanted));
  return hits.sort((a, b) => rank(a) - rank(b)).slice(0, MOST_HITS);
}
