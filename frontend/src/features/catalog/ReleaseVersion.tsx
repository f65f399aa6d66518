import { Textarea } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { ReleaseVersionDocument } from "@/api/generated/graphql";
import { problemText } from "@/api/outcome";
import { useVerb } from "@/api/useVerb";
import { Facts } from "@/design/Page";
import { VerbDialog } from "@/design/VerbDialog";
import type { ModuleOnShow } from "./ModulePage";

interface ReleaseVersionProps {
  readonly name: string;
  readonly version: ModuleOnShow["versions"][number];
  readonly onClose: () => void;
}

/** Releases the bundle that was on the page when the dialog opened, and no other. */
export function ReleaseVersion({ name, version, onClose }: ReleaseVersionProps) {
  const [reason, setReason] = useState("");
  const [trouble, setTrouble] = useState<string>();
  const [expectedBundle] = useState(version.bundle);
  const { busy, run } = useVerb(ReleaseVersionDocument);
  const release = async () => {
    const input = { version: version.id, expectedBundle, reason: reason.trim() || null };
    const came = await run({ input }, { quiet: true });
    if (came.kind === "done") {
      notifications.show({ color: "teal", message: `${name} ${version.version} is released.` });
      onClose();
      return;
    }
    setTrouble(came.kind === "refused" ? problemText(came.problems) : came.message);
  };
  return (
    <VerbDialog
      title={`Release ${name} ${version.version}`}
      action="Release for good"
      busy={busy}
      trouble={trouble}
      onAct={() => void release()}
      onClose={onClose}
    >
      <p className="muted">
        A released version never changes. Graphs whose range it matches take it at their next lock.
      </p>
      <Facts
        facts={[
          [
            "Bundle",
            <code key="bundle" className="mono">
              {expectedBundle}
            </code>,
          ],
        ]}
      />
      <Textarea
        label="Reason"
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        autosize
        minRows={2}
      />
    </VerbDialog>
  );
}
