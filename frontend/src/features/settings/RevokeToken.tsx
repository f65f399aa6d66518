import { useState } from "react";
import { RevokeTokenDocument } from "@/api/generated/graphql";
import { useVerb } from "@/api/useVerb";
import { VerbDialog } from "@/design/VerbDialog";
import { troubleOf } from "./trouble";

interface RevokeTokenProps {
  readonly token: { readonly id: string; readonly title: string };
  readonly onChanged: () => void;
  readonly onClose: () => void;
}

export function RevokeToken({ token, onChanged, onClose }: RevokeTokenProps) {
  const [trouble, setTrouble] = useState<string>();
  const { busy, run } = useVerb(RevokeTokenDocument);
  const revoke = async () => {
    const came = await run({ input: { token: token.id } }, { quiet: true });
    setTrouble(troubleOf(came));
    if (came.kind !== "done") return;
    onChanged();
    onClose();
  };
  return (
    <VerbDialog
      title={`Revoke “${token.title}”`}
      action="Revoke"
      isDangerous
      busy={busy}
      trouble={trouble}
      onAct={() => void revoke()}
      onClose={onClose}
    >
      <p className="muted">
        What uses it is refused from now on. This cannot be undone; make another one instead.
      </p>
    </VerbDialog>
  );
}
