import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconHistory } from "@tabler/icons-react";
import { useState } from "react";
import { useClient } from "urql";
import { RevisionDocumentDocument, RevisionsDocument } from "@/api/generated/graphql";
import { failureText } from "@/api/outcome";
import { useReading } from "@/api/useReading";
import { Digest } from "@/design/Digest";
import { Ago } from "@/design/Instant";
import { Empty, Failure, Loading } from "@/design/Message";
import { thaw } from "@/domain/draft";
import { useStudio } from "./studioContext";

const SHOWN = 50;

/** Saved revisions. Taking one back changes the draft only, and can be undone. */
export function History() {
  const { graph, editor, mayEdit, set } = useStudio();
  const client = useClient();
  const [busy, setBusy] = useState<number>();
  const reading = useReading(RevisionsDocument, { id: graph.id, first: SHOWN }, { changes: ["graph"] });
  const takeBack = async (number: number) => {
    setBusy(number);
    const { data, error } = await client
      .query(RevisionDocumentDocument, { id: graph.id, number })
      .toPromise();
    setBusy(undefined);
    const document = data?.graph?.revision?.document;
    if (document === undefined) {
      notifications.show({ color: "red", title: "The revision did not come", message: failureText(error) });
      return;
    }
    editor.replaceAll(() => thaw(editor.doc, document));
    set({ scope: [] });
    notifications.show({ message: `The draft is now as revision ${number} was. Undo brings yours back.` });
  };
  if (reading.kind === "loading") return <Loading rows={4} />;
  if (reading.kind === "failed") {
    return (
      <Failure title="The revisions could not be read" onRetry={reading.again}>
        {reading.message}
      </Failure>
    );
  }
  const revisions = reading.data.graph?.revisions.edges.map(({ node }) => node) ?? [];
  if (revisions.length === 0) {
    return (
      <Empty icon={IconHistory} title="No revision yet">
        “Save revision” keeps the graph as it stands, with a message, for good.
      </Empty>
    );
  }
  return (
    <ol className="history">
      {revisions.map((revision) => (
        <li key={revision.id}>
          <strong className="mono">r{revision.number}</strong>
          <span className="grow ellipsis">{revision.message}</span>
          <span className="small muted">
            {revision.author?.name ?? "system"}, <Ago at={revision.createdAt} />
          </span>
          <Digest value={revision.digest} />
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => set({ compare: `${revision.number}..draft`, panel: undefined, scope: [] })}
          >
            Compare with the draft
          </Button>
          {mayEdit && (
            <Button
              size="compact-xs"
              variant="default"
              loading={busy === revision.number}
              onClick={() => void takeBack(revision.number)}
            >
              Restore into the draft
            </Button>
          )}
        </li>
      ))}
    </ol>
  );
}
