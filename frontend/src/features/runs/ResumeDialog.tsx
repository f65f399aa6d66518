import { Button } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { ResumePreviewDocument, ResumeRunDocument } from "@/api/generated/graphql";
import { useReading } from "@/api/useReading";
import { useVerb } from "@/api/useVerb";
import { Failure, Loading } from "@/design/Message";
import { VerbDialog } from "@/design/VerbDialog";
import { PreviewList } from "./PreviewList";
import { refusalOf } from "./refusals";

/** Resumes an ended run, after showing what will be carried out again, what is taken over, and why. */
export function ResumeDialog({ run, onClose }: { readonly run: string; readonly onClose: () => void }) {
  const [moved, setMoved] = useState<Readonly<Record<string, string>>>({});
  const [trouble, setTrouble] = useState<string>();
  const resume = useVerb(ResumeRunDocument);
  const navigate = useNavigate();
  const versions = Object.entries(moved).map(([node, version]) => ({ node, version }));
  const reading = useReading(ResumePreviewDocument, { id: run, versions });
  const preview = reading.kind === "ready" ? reading.data.run?.resumePreview : undefined;
  const goOn = async () => {
    const input = { run, versions, idempotencyKey: crypto.randomUUID() };
    const came = await resume.run({ input }, { quiet: true });
    if (came.kind === "done") {
      onClose();
      void navigate({ to: "/runs/$runId", params: { runId: came.done.run.id } });
    } else {
      setTrouble(refusalOf(came));
    }
  };
  return (
    <VerbDialog
      title="Resume as a new run"
      action="Resume"
      busy={resume.busy}
      isReady={preview !== undefined && preview.problems.length === 0}
      trouble={trouble}
      onAct={() => void goOn()}
      onClose={onClose}
    >
      {reading.kind === "loading" && <Loading rows={4} />}
      {reading.kind === "failed" && (
        <Failure title="The preview could not be read" onRetry={reading.again}>
          {reading.message}
        </Failure>
      )}
      {preview?.problems.map((problem) => (
        <p key={`${problem.path} ${problem.message}`} className="run-error" role="alert">
          {problem.message}
        </p>
      ))}
      {preview !== undefined && (
        <PreviewList
          nodes={preview.nodes}
          moved={moved}
          onMove={(node, version) =>
            setMoved(version === "" ? without(moved, node) : { ...moved, [node]: version })
          }
        />
      )}
      {preview !== undefined && preview.problems.length > 0 && versions.length > 0 && (
        <Button variant="default" onClick={() => setMoved({})}>
          Keep all versions
        </Button>
      )}
    </VerbDialog>
  );
}

function without(moved: Readonly<Record<string, string>>, node: string): Record<string, string> {
  return Object.fromEntries(Object.entries(moved).filter(([path]) => path !== node));
}
