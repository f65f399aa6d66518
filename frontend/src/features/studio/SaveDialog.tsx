import { Button, Modal, Textarea } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { SaveRevisionDocument } from "@/api/generated/graphql";
import type { Problem } from "@/api/outcome";
import { useVerb } from "@/api/useVerb";
import { nodeOfPointer } from "@/domain/graph";
import { useStudio } from "./studioContext";

export function SaveDialog({ onClose }: { readonly onClose: () => void }) {
  const { graph, document, set } = useStudio();
  const [message, setMessage] = useState("");
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const { busy, run } = useVerb(SaveRevisionDocument);
  const save = async () => {
    const input = {
      graph: graph.id,
      message: message.trim(),
      document,
      expectedHead: graph.head?.number ?? null,
    };
    const came = await run({ input }, { quiet: true });
    if (came.kind === "done") {
      notifications.show({ color: "teal", message: `Saved as revision ${came.done.revision.number}.` });
      onClose();
    } else {
      setProblems(
        came.kind === "refused" ? came.problems : [{ code: "failed", path: "", message: came.message }],
      );
    }
  };
  return (
    <Modal opened onClose={onClose} title="Save revision">
      <form
        className="column"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Textarea
          label="What changed?"
          placeholder="In one sentence, for whoever reads the history"
          value={message}
          onChange={(event) => setMessage(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && message.trim() !== "")
              void save();
          }}
          autosize
          minRows={2}
          maxLength={500}
          data-autofocus
          required
        />
        {problems.length > 0 && (
          <ul className="problems problems-boxed" role="alert">
            {problems.map((problem) => (
              <li key={`${problem.path} ${problem.message}`}>
                <button
                  type="button"
                  onClick={() => {
                    const node = nodeOfPointer(problem.path);
                    if (node !== undefined) set({ select: new Set([node]) });
                    onClose();
                  }}
                >
                  {problem.message}
                </button>
              </li>
            ))}
          </ul>
        )}
        <div className="row">
          <Button type="submit" loading={busy} disabled={message.trim() === ""}>
            Save
          </Button>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </form>
    </Modal>
  );
}
