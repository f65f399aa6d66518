import { Button, Checkbox, Modal } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useState } from "react";
import { StartRunDocument } from "@/api/generated/graphql";
import type { Problem } from "@/api/outcome";
import { useEnvironment } from "@/api/signedIn";
import { useVerb } from "@/api/useVerb";
import { PortLabel } from "@/design/PortGlyph";
import "@/design/dialog.css";
import { isSend } from "@/design/VerbDialog";
import { type GraphDocument, graphInputs, titleAt } from "@/domain/graph";
import { isObject, objectAt, readJson } from "@/domain/json";
import { pinsByPath } from "@/domain/pins";
import { portsOf } from "@/domain/ports";
import { titled } from "@/domain/problems";
import { sampleInputs, sampleOf } from "@/domain/sample";
import { isWithin, JsonPart } from "./JsonPart";
import { useStudio } from "./studioContext";

function titleOf(upto: unknown, from: unknown): string {
  if (upto !== undefined) return "Run up to here";
  return from === undefined ? "Run this draft" : "Run from here";
}

function namesOf(document: GraphDocument, paths: readonly string[]): string {
  const names = paths.slice(0, 3).map((path) => titleAt(document, path));
  return paths.length > 3 ? `${names.join(", ")} and ${paths.length - 3} more` : names.join(", ");
}

interface RunDialogProps {
  readonly upto: readonly string[] | undefined;
  readonly from: readonly string[] | undefined;
  readonly onClose: () => void;
}

/** Starts the draft as it stands. The inputs of the last time are offered again. */
export function RunDialog({ upto, from, onClose }: RunDialogProps) {
  const { graph, document, draft, set } = useStudio();
  const [isPinned, setPinned] = useState(true);
  const inputs = graphInputs(document);
  const parameters = objectAt(document, "parameters");
  const hasParameters = Object.keys(objectAt(parameters, "properties")).length > 0;
  const { environment } = useEnvironment();
  const [last, setLast] = useLocalStorage({ key: `lamina-inputs-${graph.id}`, defaultValue: "" });
  const names = new Set(inputs.map(([name]) => name));
  const old = readJson(last);
  const isOldFit = isObject(old) && Object.keys(old).every((name) => names.has(name)) && last !== "{}";
  const [text, setText] = useState(() => (isOldFit ? last : JSON.stringify(sampleInputs(inputs), null, 2)));
  const [given, setGiven] = useState(() => JSON.stringify(sampleOf(parameters) ?? {}, null, 2));
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const { busy, run } = useVerb(StartRunDocument);
  const pins = pinsByPath(document, draft.pins);
  const values = readJson(text);
  const settings = readJson(given);
  const isReady = isObject(values) && (!hasParameters || isObject(settings));
  const start = async () => {
    if (!isReady) return;
    setLast(text);
    const input = {
      graph: graph.id,
      document,
      inputs: values,
      parameters: hasParameters ? settings : {},
      environment,
      idempotencyKey: crypto.randomUUID(),
      upTo: upto === undefined ? null : [...upto],
      from: from === undefined ? null : [...from],
      pins: isPinned && Object.keys(pins).length > 0 ? pins : null,
    };
    const came = await run({ input }, { quiet: true });
    if (came.kind === "done") {
      set({ run: came.done.run.id });
      onClose();
    } else {
      setProblems(
        came.kind === "refused" ? came.problems : [{ code: "failed", path: "", message: came.message }],
      );
    }
  };
  const others = problems.filter(
    ({ path }) => !isWithin(path, "/inputs") && !(hasParameters && isWithin(path, "/parameters")),
  );
  return (
    <Modal opened onClose={onClose} title={titleOf(upto, from)} size="lg">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: Ctrl Enter is the key of the button below. */}
      <div className="column" onKeyDown={(event) => isSend(event) && !busy && void start()}>
        <Extent upto={upto} from={from} />
        {inputs.length === 0 ? (
          <p className="muted">This graph takes no inputs.</p>
        ) : (
          <JsonPart label="Inputs" text={text} onChange={setText} problems={problems} at="/inputs">
            <div className="row wrap">
              {portsOf(Object.fromEntries(inputs)).map((port) => (
                <PortLabel
                  key={port.name}
                  kind={port.kind}
                  name={port.name}
                  type={port.required ? port.type : `${port.type}, may be left out`}
                />
              ))}
            </div>
          </JsonPart>
        )}
        {hasParameters && (
          <JsonPart
            label="Parameters"
            text={given}
            onChange={setGiven}
            problems={problems}
            at="/parameters"
          />
        )}
        {Object.keys(pins).length > 0 && (
          <Checkbox
            label={`Use the pinned values of ${namesOf(document, Object.keys(pins))} in place of calls`}
            checked={isPinned}
            onChange={(event) => setPinned(event.currentTarget.checked)}
          />
        )}
        {others.map((problem) => (
          <p key={`${problem.path} ${problem.message}`} className="run-error" role="alert">
            {titled(problem.message, document)}
          </p>
        ))}
        <div className="row dialog-verbs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            leftSection={<IconPlayerPlay size={14} />}
            loading={busy}
            disabled={!isReady}
            onClick={() => void start()}
            data-autofocus
          >
            Run
          </Button>
        </div>
      </div>
    </Modal>
  );
}

/** How much of the graph it is about. */
function Extent({ upto, from }: Pick<RunDialogProps, "upto" | "from">) {
  const { document } = useStudio();
  if (upto !== undefined)
    return <p className="muted">Runs {namesOf(document, upto)} and what comes before, nothing else.</p>;
  if (from === undefined) return null;
  return (
    <p className="muted">
      {namesOf(document, from)} and all after them run afresh. What comes before is taken over from earlier
      runs where nothing has changed.
    </p>
  );
}
