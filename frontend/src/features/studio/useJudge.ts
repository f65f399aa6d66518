import { notifications } from "@mantine/notifications";
import { useCallback, useState } from "react";
import { useClient } from "urql";
import { JudgeConnectionDocument, type JudgeConnectionQuery } from "@/api/generated/graphql";
import { failureText } from "@/api/outcome";
import type { EdgeEnds } from "@/domain/graph";
import { useStudio } from "./studioContext";

export interface Refused {
  readonly ends: EdgeEnds;
  readonly judgement: JudgeConnectionQuery["judgeConnection"];
}

/** Ask the server about a wire before it is laid: it is the same judge that guards the run. */
export function useJudge() {
  const client = useClient();
  const { document, editor, prefix } = useStudio();
  const [refused, setRefused] = useState<Refused>();
  const judge = useCallback(
    async (ends: EdgeEnds, before?: () => void) => {
      const variables = { document, ...ends, source: prefix + ends.source, target: prefix + ends.target };
      const { data, error } = await client.query(JudgeConnectionDocument, variables).toPromise();
      if (data === undefined) {
        notifications.show({
          color: "red",
          title: "The wire could not be judged",
          message: failureText(error),
        });
        return;
      }
      if (data.judgeConnection.answer === "NO") {
        setRefused({ ends, judgement: data.judgeConnection });
        return;
      }
      before?.();
      editor.connect(ends);
    },
    [client, document, editor, prefix],
  );
  const dismiss = useCallback(() => setRefused(undefined), []);
  return { judge, refused, dismiss };
}
