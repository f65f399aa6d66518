import { notifications } from "@mantine/notifications";
import { useCallback, useState } from "react";
import { useClient } from "urql";
import { JudgeConnectionDocument, type JudgeConnectionQuery } from "@/api/generated/graphql";
import { failureText } from "@/api/outcome";
import type { EdgeEnds } from "@/domain/graph";
import { isMappable, withMap } from "@/domain/modifiers";
import { useStudio } from "./studioContext";

export interface Refused {
  readonly ends: EdgeEnds;
  readonly judgement: JudgeConnectionQuery["judgeConnection"];
  /** Lays the wire with the target running once for each item; absent where that would not fit either. */
  readonly forEach: (() => void) | undefined;
}

/** Ask the server about a wire before it is laid: it is the same judge that guards the run. */
export function useJudge() {
  const client = useClient();
  const { document, editor, prefix, draft, scene } = useStudio();
  const [refused, setRefused] = useState<Refused>();
  const judge = useCallback(
    async (ends: EdgeEnds, before?: () => void) => {
      const named = { ...ends, source: prefix + ends.source, target: prefix + ends.target };
      const ask = (graph: unknown) =>
        client.query(JudgeConnectionDocument, { document: graph, ...named }).toPromise();
      const { data, error } = await ask(document);
      if (data === undefined) {
        notifications.show({
          color: "red",
          title: "The wire could not be judged",
          message: failureText(error),
        });
        return;
      }
      if (data.judgeConnection.answer === "NO") {
        const target = draft.body.nodes[ends.target];
        const output = scene.nodes
          .find(({ id }) => id === ends.source)
          ?.outputs.find(({ name }) => name === ends.output);
        const isCandidate = target !== undefined && isMappable(target) && output?.kind === "list";
        const each = isCandidate ? await ask(withMap({ ...document }, named.target, ends.input)) : undefined;
        const isFit = each?.data !== undefined && each.data.judgeConnection.answer !== "NO";
        const forEach = () => {
          before?.();
          editor.connectEach(ends);
        };
        setRefused({ ends, judgement: data.judgeConnection, forEach: isFit ? forEach : undefined });
        return;
      }
      before?.();
      editor.connect(ends);
    },
    [client, document, editor, prefix, draft, scene],
  );
  const dismiss = useCallback(() => setRefused(undefined), []);
  return { judge, refused, dismiss };
}
