import { Button, Modal, MultiSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import { AddMemberDocument, type Role } from "@/api/generated/graphql";
import { useVerb } from "@/api/useVerb";
import { ROLES } from "./roles";

interface AddMemberProps {
  readonly team: string;
  readonly onChanged: () => void;
  readonly onClose: () => void;
}

export function AddMember({ team, onChanged, onClose }: AddMemberProps) {
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [roles, setRoles] = useState<readonly string[]>(["AUTHOR"]);
  const { busy, run } = useVerb(AddMemberDocument);
  const add = async () => {
    const input = { team, email: email.trim(), name: name.trim() || null, roles: roles as Role[] };
    const came = await run({ input });
    if (came.kind !== "done") return;
    onChanged();
    onClose();
  };
  return (
    <Modal opened onClose={onClose} title="Add somebody to the team">
      <form
        className="column"
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        <TextInput
          label="E-mail"
          type="email"
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
          required
          data-autofocus
        />
        <TextInput
          label="Name"
          description="For somebody who is new here."
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <MultiSelect
          label="Roles"
          data={[...ROLES]}
          value={[...roles]}
          onChange={setRoles}
          hidePickedOptions
        />
        <div className="row">
          <Button type="submit" loading={busy} disabled={email.trim() === "" || roles.length === 0}>
            Add
          </Button>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </form>
    </Modal>
  );
}
