import { Select, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { CreateGraphDocument } from "@/api/generated/graphql";
import { problemText } from "@/api/outcome";
import { useVerb } from "@/api/useVerb";
import { VerbDialog } from "@/design/VerbDialog";

interface NewGraphProps {
  readonly memberships: readonly {
    readonly roles: readonly string[];
    readonly team: { readonly slug: string; readonly title: string };
  }[];
  readonly onClose: () => void;
}

const WRITES: ReadonlySet<string> = new Set(["AUTHOR", "MAINTAINER", "ADMIN"]);

export function NewGraph({ memberships, onClose }: NewGraphProps) {
  const teams = memberships
    .filter(({ roles }) => roles.some((role) => WRITES.has(role)))
    .map(({ team }) => team);
  const [title, setTitle] = useState("");
  const [team, setTeam] = useState<string | null>(teams[0]?.slug ?? null);
  const [trouble, setTrouble] = useState<string>();
  const { busy, run } = useVerb(CreateGraphDocument);
  const navigate = useNavigate();
  const create = async () => {
    if (team === null) return;
    const came = await run({ input: { team, title: title.trim() } }, { quiet: true });
    if (came.kind === "done") {
      void navigate({ to: "/graphs/$graphId", params: { graphId: came.done.graph.id } });
      return;
    }
    setTrouble(came.kind === "refused" ? problemText(came.problems) : came.message);
  };
  return (
    <VerbDialog
      title="New graph"
      action="Create and open"
      busy={busy}
      isReady={team !== null && title.trim() !== ""}
      trouble={trouble}
      onAct={() => void create()}
      onClose={onClose}
    >
      <TextInput
        label="Title"
        placeholder="What does it make?"
        value={title}
        onChange={(event) => setTitle(event.currentTarget.value)}
        data-autofocus
        maxLength={140}
        required
      />
      <Select
        label="Team"
        description={
          teams.length === 0 ? "You need the role author in a team." : "Its members can open and run it."
        }
        data={teams.map(({ slug, title: label }) => ({ value: slug, label }))}
        value={team}
        onChange={setTeam}
        required
      />
    </VerbDialog>
  );
}
