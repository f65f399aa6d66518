import { Button } from "@mantine/core";
import { IconArrowForwardUp, IconCheck, IconRocket, IconSend } from "@tabler/icons-react";
import { useState } from "react";
import type { ReviewViewProps } from "./review";
import { VerdictDialog } from "./VerdictDialog";
import { VERBS, type Verb } from "./verbs";

const ICONS = {
  approve: IconCheck,
  request_changes: IconArrowForwardUp,
  release: IconRocket,
  submit: IconSend,
  withdraw: undefined,
} as const;

/** The verbs that this viewer may use now, as the server says. */
export function Verdicts({ review, onChanged }: ReviewViewProps) {
  const [asking, setAsking] = useState<Verb>();
  const offered = VERBS.filter((verb) => review.viewerMay.includes(verb.id));
  return (
    <>
      {offered.map((verb) => {
        const Icon = ICONS[verb.id];
        return (
          <Button
            key={verb.id}
            variant={verb.leads === true ? "filled" : "default"}
            leftSection={Icon === undefined ? undefined : <Icon size={14} aria-hidden />}
            onClick={() => setAsking(verb)}
          >
            {verb.label}
          </Button>
        );
      })}
      {asking !== undefined && (
        <VerdictDialog
          verb={asking}
          review={review}
          onChanged={onChanged}
          onClose={() => setAsking(undefined)}
        />
      )}
    </>
  );
}
