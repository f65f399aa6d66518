import { TextInput } from "@mantine/core";
import { useState } from "react";
import { CreateTeamDocument } from "@/api/generated/graphql";
import { useVerb } from "@/api/useVerb";
import { VerbDialog } from "@/design/VerbDialog";
import { slugOf } from "./slug";
import { troubleOf } from "./trouble";

interface NewTeamProps {
  readonly onMade: (slug: string) => void;
  readonly onClose: () => void;
}

export function NewTeam({ onMade, onClose }: NewTeamProps) {
  const [title, setTitle] = useState("");
  const [typed, setTyped] = useState<string>();
  const [trouble, setTrouble] = useState<string>();
  const { busy, run } = useVerb(CreateTeamDocument);
  const slug = typed ?? slugOf(title);
  const create = async () => {
    const came = await run({ input: { title: title.trim(), slug } }, { quiet: true });
    setTrouble(troubleOf(came));
    if (came.kind === "done") onMade(came.done.team.slug);
  };
  return (
    <VerbDialog
      title="New team"
      action="Create"
      busy={busy}
      isReady={title.trim() !== "" && slug !== ""}
      trouble={trouble}
      onAct={() => void create()}
      onClose={onClose}
    >
      <p className="muted">You become its first admin.</p>
      <TextInput
        label="Title"
        value={title}
        onChange={(event) => setTitle(event.currentTarget.value)}
        required
        data-autofocus
      />
      <TextInput
        label="Name in addresses and modules"
        description="Small letters, digits and hyphens, beginning with a letter. It stays."
        value={slug}
        onChange={(event) => setTyped(event.currentTarget.value)}
        required
      />
    </VerbDialog>
  );
}
