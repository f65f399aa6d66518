import { TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { AddMemberDocument, type Role } from "@/api/generated/graphql";
import { useVerb } from "@/api/useVerb";
import { VerbDialog } from "@/design/VerbDialog";
import { RolesField } from "./RolesField";
import { troubleOf } from "./trouble";

interface AddMemberProps {
  readonly team: { readonly id: string; readonly title: string };
  readonly onChanged: () => void;
  readonly onClose: () => void;
}

export function AddMember({ team, onChanged, onClose }: AddMemberProps) {
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [roles, setRoles] = useState<readonly Role[]>(["AUTHOR"]);
  const [trouble, setTrouble] = useState<string>();
  const { busy, run } = useVerb(AddMemberDocument);
  const add = async () => {
    const input = { team: team.id, email: email.trim(), name: name.trim() || null, roles: [...roles] };
    const came = await run({ input }, { quiet: true });
    setTrouble(troubleOf(came));
    if (came.kind !== "done") return;
    notifications.show({ color: "teal", message: `${name.trim() || email.trim()} is in ${team.title} now.` });
    onChanged();
    onClose();
  };
  return (
    <VerbDialog
      title={`Add somebody to ${team.title}`}
      action="Add"
      busy={busy}
      isReady={email.trim() !== "" && roles.length > 0}
      trouble={trouble}
      onAct={() => void add()}
      onClose={onClose}
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
        description="For somebody who is new here. They come in by a sign-in link that you make for them."
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <RolesField label="Roles" value={roles} onChange={setRoles} />
    </VerbDialog>
  );
}
