import { Button, Checkbox, NumberInput, TextInput } from "@mantine/core";
import { useState } from "react";
import type { GraphNode } from "@/domain/graph";
import { type JsonObject, listAt, numberAt, objectAt } from "@/domain/json";
import { ROLES } from "@/domain/roles";
import { JsonText } from "./JsonText";
import { useStudio } from "./studioContext";

interface ApprovalFieldsProps {
  readonly id: string;
  readonly node: GraphNode;
}

const FORM: JsonObject = {
  type: "object",
  properties: { note: { type: "string", title: "Note" } },
  required: ["note"],
  additionalProperties: false,
};

/** Who decides, how many of them have to approve, and what they fill in. */
export function ApprovalFields({ id, node }: ApprovalFieldsProps) {
  const { editor, mayEdit } = useStudio();
  const who = objectAt(node, "who");
  const set = (key: string, value: unknown) => {
    const { [key]: _old, ...rest } = who;
    const next = value === undefined ? rest : { ...rest, [key]: value };
    editor.setRef(id, { who: Object.keys(next).length > 0 ? next : { count: 1 } });
  };
  return (
    <>
      <TeamsField teams={listAt(who, "teams").map(String)} disabled={!mayEdit} onChange={set} />
      <Checkbox.Group
        label="Roles that may decide"
        description="None: every member."
        value={listAt(who, "roles").map(String)}
        onChange={(roles) => set("roles", roles.length > 0 ? roles : undefined)}
      >
        <div className="approval-roles">
          {ROLES.map(({ value, label }) => (
            <Checkbox key={value} value={value.toLowerCase()} label={label} disabled={!mayEdit} size="xs" />
          ))}
        </div>
      </Checkbox.Group>
      <NumberInput
        label="People who have to approve"
        description="One refusal refuses."
        min={1}
        max={100}
        allowDecimal={false}
        value={numberAt(who, "count") ?? 1}
        onChange={(count) => typeof count === "number" && set("count", count > 1 ? count : undefined)}
        disabled={!mayEdit}
      />
      <FormField id={id} node={node} />
    </>
  );
}

interface TeamsFieldProps {
  readonly teams: readonly string[];
  readonly disabled: boolean;
  readonly onChange: (key: "teams", teams: readonly string[] | undefined) => void;
}

/** Keeps what is typed as it is typed: a comma is no team yet. */
function TeamsField({ teams, disabled, onChange }: TeamsFieldProps) {
  const [typed, setTyped] = useState<string>();
  return (
    <TextInput
      label="Teams that may decide"
      placeholder="The team of the run"
      description="Their short names, separated by commas."
      value={typed ?? teams.join(", ")}
      onChange={(event) => {
        const text = event.currentTarget.value;
        const next = [...new Set(text.split(/[\s,]+/).filter(Boolean))];
        setTyped(text);
        onChange("teams", next.length > 0 ? next : undefined);
      }}
      onBlur={() => setTyped(undefined)}
      disabled={disabled}
    />
  );
}

function FormField({ id, node }: ApprovalFieldsProps) {
  const { editor, mayEdit } = useStudio();
  const setForm = (form: unknown) => editor.setRef(id, { form });
  if (node["form"] === undefined) {
    return (
      <Button variant="default" disabled={!mayEdit} onClick={() => setForm(FORM)}>
        Ask for more than yes or no
      </Button>
    );
  }
  return (
    <>
      <JsonText label="Schema of what is filled in" value={node["form"]} onChange={setForm} />
      <Button variant="default" disabled={!mayEdit} onClick={() => setForm(undefined)}>
        Ask for yes or no alone
      </Button>
    </>
  );
}
