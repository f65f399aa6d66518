import { Button, Modal, Textarea } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { SaveRevisionDocument } from "@/api/generated/graphql";
import type { Problem } from "@/api/outcome";
import { useVerb } from "@/api/useVerb";
import "@/design/dialog.css";
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
      const { number } = came.done.revision;
      // The server answers with the head where the draft is what it was.
      notifications.show(
        number === input.expectedHead
          ? { message: `Nothing changed since revision ${number}, so no new one was made.` }
          : { color: "teal", message: `Saved as revision ${number}.` },
      );
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
        <div className="row dialog-verbs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={busy} disabled={message.trim() === ""}>
            Save
          </Button>
        </div>
      </form>
    </Modal>
  );
}
