import { Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { DeprecateVersionDocument, YankVersionDocument } from "@/api/generated/graphql";
import { problemText } from "@/api/outcome";
import { useVerb } from "@/api/useVerb";
import { VerbDialog } from "@/design/VerbDialog";
import type { ModuleOnShow } from "./ModulePage";

interface EndVersionProps {
  readonly verb: "deprecate" | "yank";
  readonly name: string;
  readonly version: ModuleOnShow["versions"][number];
  readonly onClose: () => void;
}

const WORDS = {
  deprecate: {
    title: "Deprecate",
    action: "Deprecate it",
    means: "Graphs that use it go on working and show a warning with what to use instead.",
  },
  yank: {
    title: "Yank",
    action: "Yank it",
    means: "No graph can be bound to it any more. Runs that are already pinned to it finish.",
  },
} as const;

export function EndVersion({ verb, name, version, onClose }: EndVersionProps) {
  const [reason, setReason] = useState("");
  const [successor, setSuccessor] = useState("");
  const [trouble, setTrouble] = useState<string>();
  const deprecate = useVerb(DeprecateVersionDocument);
  const yank = useVerb(YankVersionDocument);
  const words = WORDS[verb];
  const act = async () => {
    const input = { version: version.id, reason: reason.trim() };
    const came =
      verb === "yank"
        ? await yank.run({ input }, { quiet: true })
        : await deprecate.run({ input: { ...input, successor: successor.trim() || null } }, { quiet: true });
    if (came.kind === "done") onClose();
    else setTrouble(came.kind === "refused" ? problemText(came.problems) : came.message);
  };
  return (
    <VerbDialog
      title={`${words.title} ${name} ${version.version}`}
      action={words.action}
      isDangerous={verb === "yank"}
      busy={deprecate.busy || yank.busy}
      isReady={reason.trim() !== ""}
      trouble={trouble}
      onAct={() => void act()}
      onClose={onClose}
    >
      <p className="muted">{words.means}</p>
      <Textarea
        label="Reason"
        description="Everybody who uses it will read this."
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        required
        data-autofocus
      />
      {verb === "deprecate" && (
        <TextInput
          label="Use instead"
          placeholder="team/name"
          value={successor}
          onChange={(event) => setSuccessor(event.currentTarget.value)}
        />
      )}
    </VerbDialog>
  );
}
