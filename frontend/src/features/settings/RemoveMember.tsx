import { useState } from "react";
import { RemoveMemberDocument } from "@/api/generated/graphql";
import { useVerb } from "@/api/useVerb";
import { VerbDialog } from "@/design/VerbDialog";
import type { Member } from "./SettingsPage";
import { troubleOf } from "./trouble";

interface RemoveMemberProps {
  readonly team: { readonly id: string; readonly title: string };
  readonly member: Member;
  readonly onChanged: () => void;
  readonly onClose: () => void;
}

export function RemoveMember({ team, member, onChanged, onClose }: RemoveMemberProps) {
  const [trouble, setTrouble] = useState<string>();
  const { busy, run } = useVerb(RemoveMemberDocument);
  const remove = async () => {
    const came = await run({ input: { team: team.id, user: member.user.id } }, { quiet: true });
    setTrouble(troubleOf(came));
    if (came.kind !== "done") return;
    onChanged();
    onClose();
  };
  return (
    <VerbDialog
      title={`Remove ${member.user.name} from ${team.title}`}
      action="Remove"
      isDangerous
      busy={busy}
      trouble={trouble}
      onAct={() => void remove()}
      onClose={onClose}
    >
      <p className="muted">
        They no longer see what the team owns, and their open pages close. What they made stays. You can add
        them again.
      </p>
    </VerbDialog>
  );
}
