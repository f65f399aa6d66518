import { Button, NumberInput, Textarea } from "@mantine/core";
import { IconHelpHexagon } from "@tabler/icons-react";
import { useState } from "react";
import { ResolveInvocationDocument } from "@/api/generated/graphql";
import { useVerb } from "@/api/useVerb";
import { VerbDialog } from "@/design/VerbDialog";
import type { RunView } from "@/domain/journal";
import { isObject, readJson } from "@/domain/json";
import type { RunOnShow } from "./RunPage";
import { refusalOf } from "./refusals";
import { useTitleOf } from "./runTitles";

type Decision = "DONE" | "NOT_APPLIED" | "FAIL";

const WORDS: Readonly<Record<Decision, { readonly action: string; readonly what: string }>> = {
  DONE: { action: "It was applied", what: "The run goes on with the outputs that it gave." },
  NOT_APPLIED: { action: "It was not applied", what: "The run calls it again." },
  FAIL: {
    action: "Count it as failed",
    what: "The node fails, and the run does what its graph says of that.",
  },
};
const DECISIONS = ["DONE", "NOT_APPLIED", "FAIL"] as const;

interface DoubtCardsProps {
  readonly run: RunOnShow;
  readonly view: RunView;
}

/** Effects that were interrupted: somebody has to say what became of each. */
export function DoubtCards({ run, view }: DoubtCardsProps) {
  if (!run.viewerMay.includes("resolve")) return null;
  return Object.entries(view.nodes)
    .filter(([, node]) => node.state === "uncertain")
    .map(([path, node]) => (
      <DoubtCard key={path} run={run.id} node={path} isMapped={node.total !== undefined} />
    ));
}

interface DoubtCardProps {
  readonly run: string;
  readonly node: string;
  readonly isMapped: boolean;
}

function DoubtCard({ run, node, isMapped }: DoubtCardProps) {
  const titleOf = useTitleOf();
  const [decision, setDecision] = useState<Decision>();
  return (
    <section className="wait-card" aria-label={`In doubt: ${titleOf(node)}`}>
      <IconHelpHexagon size={18} aria-hidden />
      <div className="grow">
        <strong>{titleOf(node)}</strong> was interrupted, and nobody knows whether it took effect.
        <p className="small muted">Look at what it changes, then say what became of it.</p>
      </div>
      <div className="row">
        {DECISIONS.map((each) => (
          <Button key={each} variant="default" onClick={() => setDecision(each)}>
            {WORDS[each].action}
          </Button>
        ))}
      </div>
      {decision !== undefined && (
        <DoubtDialog
          run={run}
          node={node}
          isMapped={isMapped}
          decision={decision}
          onClose={() => setDecision(undefined)}
        />
      )}
    </section>
  );
}

interface DoubtDialogProps extends DoubtCardProps {
  readonly decision: Decision;
  readonly onClose: () => void;
}

function DoubtDialog({ run, node, isMapped, decision, onClose }: DoubtDialogProps) {
  const [reason, setReason] = useState("");
  const [text, setText] = useState("{}");
  const [item, setItem] = useState<number | "">("");
  const [trouble, setTrouble] = useState<string>();
  const resolve = useVerb(ResolveInvocationDocument);
  const outputs = readJson(text);
  const act = async () => {
    const given = { ...(decision === "DONE" && { outputs }), ...(item !== "" && { index: [item - 1] }) };
    const input = { run, node, decision, reason, ...given };
    const refusal = refusalOf(await resolve.run({ input }, { quiet: true }));
    if (refusal === undefined) onClose();
    else setTrouble(refusal);
  };
  return (
    <VerbDialog
      title={WORDS[decision].action}
      action={WORDS[decision].action}
      busy={resolve.busy}
      isReady={reason.trim() !== "" && isObject(outputs)}
      trouble={trouble}
      onAct={() => void act()}
      onClose={onClose}
    >
      <p>{WORDS[decision].what}</p>
      <Textarea
        label="How do you know?"
        description="Kept with the decision."
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        data-autofocus
      />
      {isMapped && (
        <NumberInput
          label="Item"
          description="Which one, where several are in doubt."
          min={1}
          value={item}
          onChange={(value) => setItem(typeof value === "number" ? value : "")}
        />
      )}
      {decision === "DONE" && (
        <Textarea
          label="What it gave"
          description="A JSON object with one value an output port."
          className="mono"
          value={text}
          error={isObject(outputs) ? undefined : "This is not a JSON object."}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      )}
    </VerbDialog>
  );
}
