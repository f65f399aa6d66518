import { TextInput } from "@mantine/core";
import { IconArrowLeft, IconSearch } from "@tabler/icons-react";
import type { GraphQLSchema } from "graphql";
import { useState } from "react";
import { Inline } from "@/design/Inline";
import { describeType, type FieldWords, findInSchema, rootNames, type TypeWords } from "./schemaWords";

interface SchemaDocsProps {
  readonly schema: GraphQLSchema;
  readonly type: string | undefined;
  readonly onType: (name: string) => void;
}

/** Types and fields with what they mean; the type on show is in the address. */
export function SchemaDocs({ schema, type, onType }: SchemaDocsProps) {
  const [text, setText] = useState("");
  const shown = type === undefined ? undefined : describeType(schema, type);
  const hits = findInSchema(schema, text);
  const go = (name: string) => {
    setText("");
    onType(name);
  };
  return (
    <div className="schema">
      <TextInput
        aria-label="Search the schema"
        placeholder="Search types and fields"
        leftSection={<IconSearch size={14} />}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {text.trim() !== "" && (
        <ul className="schema-list">
          {hits.map((hit) => (
            <li key={`${hit.type}.${hit.field ?? ""}`}>
              <TypeLink name={hit.type} onType={go} />
              {hit.field !== undefined && <span className="mono">.{hit.field}</span>}
            </li>
          ))}
          {hits.length === 0 && <li className="muted">Nothing has this name.</li>}
        </ul>
      )}
      {text.trim() === "" && shown === undefined && <Roots schema={schema} onType={go} />}
      {text.trim() === "" && shown !== undefined && <TypeDocs words={shown} onType={go} />}
    </div>
  );
}

interface LinkProps {
  readonly name: string;
  readonly label?: string;
  readonly onType: (name: string) => void;
}

function TypeLink({ name, label, onType }: LinkProps) {
  return (
    <button type="button" className="schema-type mono" onClick={() => onType(name)}>
      {label ?? name}
    </button>
  );
}

function Roots({
  schema,
  onType,
}: {
  readonly schema: GraphQLSchema;
  readonly onType: (name: string) => void;
}) {
  return (
    <>
      <p className="small muted">
        What the studio does, you can do: the pages use this API and nothing else.
      </p>
      <ul className="schema-list">
        {rootNames(schema).map((name) => (
          <li key={name}>
            <TypeLink name={name} onType={onType} />
            <span className="small muted push">{describeType(schema, name)?.fields.length} fields</span>
          </li>
        ))}
      </ul>
    </>
  );
}

function TypeDocs({ words, onType }: { readonly words: TypeWords; readonly onType: (name: string) => void }) {
  return (
    <>
      <button type="button" className="schema-back small" onClick={() => onType("")}>
        <IconArrowLeft size={14} aria-hidden /> All
      </button>
      <div>
        <h2 className="mono">
          {words.name} <span className="tag">{words.kind}</span>
        </h2>
        {words.doc !== "" && (
          <p className="small muted">
            <Inline text={words.doc} />
          </p>
        )}
      </div>
      <ul className="schema-fields">
        {words.fields.map((field) => (
          <Field key={field.name} field={field} onType={onType} />
        ))}
        {words.values.map((value) => (
          <li key={value.name}>
            <span className="mono">{value.name}</span>
            {value.doc !== "" && (
              <p className="small muted">
                <Inline text={value.doc} />
              </p>
            )}
          </li>
        ))}
      </ul>
      {words.options.length > 0 && (
        <ul className="schema-list">
          {words.options.map((name) => (
            <li key={name}>
              <TypeLink name={name} onType={onType} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Field({ field, onType }: { readonly field: FieldWords; readonly onType: (name: string) => void }) {
  return (
    <li>
      <div className="schema-field">
        <span className="mono">{field.name}</span>
        {field.args.length > 0 && <span className="mono muted">(…)</span>}
        <span className="mono muted">:</span>{" "}
        <TypeLink name={field.target} label={field.type} onType={onType} />
      </div>
      {field.doc !== "" && (
        <p className="small muted">
          <Inline text={field.doc} />
        </p>
      )}
      {field.args.length > 0 && (
        <ul className="schema-args">
          {field.args.map((argument) => (
            <li key={argument.name}>
              <span className="mono">{argument.name}</span>
              <span className="mono muted">:</span>{" "}
              <TypeLink name={argument.target} label={argument.type} onType={onType} />
              {argument.doc !== "" && (
                <span className="small muted">
                  {" "}
                  <Inline text={argument.doc} />
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}
