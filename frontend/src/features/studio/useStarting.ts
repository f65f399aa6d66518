import { useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { StartRunDocument, StartRunsDocument, type StartRunsInput } from "@/api/generated/graphql";
import type { Outcome, Problem } from "@/api/outcome";
import { useVerb } from "@/api/useVerb";
import type { JsonObject } from "@/domain/json";
import { useStudio } from "./studioContext";

type Asked = Omit<StartRunsInput, "each" | "graph">;

/** Starts one run of the graph, which the studio then shows, or many, which are listed; and what was refused. */
export function useStarting(onStarted: () => void) {
  const { graph, set } = useStudio();
  const navigate = useNavigate();
  const once = useVerb(StartRunDocument);
  const many = useVerb(StartRunsDocument);
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const sent = useRef({ text: "", key: "" });
  /** What is sent again as it was has the same key: an answer that was lost starts nothing twice. */
  const keyed = <Input extends object>(input: Input) => {
    const text = JSON.stringify(input);
    if (sent.current.text !== text) sent.current = { text, key: crypto.randomUUID() };
    return { input: { ...input, graph: graph.id, idempotencyKey: sent.current.key } };
  };
  const tell = (came: Exclude<Outcome<unknown>, { kind: "done" }>) =>
    setProblems(
      came.kind === "refused" ? came.problems : [{ code: "failed", path: "", message: came.message }],
    );
  const startOnce = async (asked: Asked, inputs: JsonObject) => {
    const came = await once.run(keyed({ ...asked, inputs }), { quiet: true });
    if (came.kind !== "done") return tell(came);
    set({ run: came.done.run.id });
    onStarted();
  };
  const startEach = async (asked: Asked, each: readonly JsonObject[]) => {
    const came = await many.run(keyed({ ...asked, each: [...each] }), { quiet: true });
    if (came.kind !== "done") return tell(came);
    onStarted();
    void navigate({ to: "/runs", search: { graph: graph.id } });
  };
  return { busy: once.busy || many.busy, problems, forget: () => setProblems([]), startOnce, startEach };
}
