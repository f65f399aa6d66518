import { NumberInput, TextInput } from "@mantine/core";
import { useState } from "react";
import { CreateTokenDocument, type Role } from "@/api/generated/graphql";
import { useVerb } from "@/api/useVerb";
import { VerbDialog } from "@/design/VerbDialog";
import { RolesField } from "./RolesField";
import { troubleOf } from "./trouble";

const LONGEST_DAYS = 90;

interface NewTokenProps {
  readonly onMade: (secret: string) => void;
  readonly onClose: () => void;
}

export function NewToken({ onMade, onClose }: NewTokenProps) {
  const [title, setTitle] = useState("");
  const [scopes, setScopes] = useState<readonly Role[]>(["AUTHOR"]);
  const [days, setDays] = useState<number | string>(30);
  const [trouble, setTrouble] = useState<string>();
  const { busy, run } = useVerb(CreateTokenDocument);
  const create = async () => {
    const input = {
      title: title.trim(),
      scopes: scopes.map((scope) => scope.toLowerCase()),
      days: Number(days),
    };
    const came = await run({ input }, { quiet: true });
    setTrouble(troubleOf(came));
    if (came.kind === "done") onMade(came.done.secret);
  };
  return (
    <VerbDialog
      title="New token"
      action="Make the token"
      busy={busy}
      isReady={title.trim() !== "" && scopes.length > 0 && typeof days === "number"}
      trouble={trouble}
      onAct={() => void create()}
      onClose={onClose}
    >
      <TextInput
        label="What it is for"
        placeholder="My laptop"
        value={title}
        onChange={(event) => setTitle(event.currentTarget.value)}
        required
        data-autofocus
      />
      <RolesField label="Scopes" value={scopes} onChange={setScopes} />
      <NumberInput
        label="Ends after (days)"
        description={`At most ${LONGEST_DAYS}.`}
        min={1}
        max={LONGEST_DAYS}
        allowDecimal={false}
        value={days}
        onChange={setDays}
        required
      />
    </VerbDialog>
  );
}
