import { Button, Modal } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { IconPlayerPlay } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { StartRunDocument } from "@/api/generated/graphql";
import type { Problem } from "@/api/outcome";
import { useVerb } from "@/api/useVerb";
import { Loading } from "@/design/Message";
import { PortLabel } from "@/design/PortGlyph";
import { graphInputs } from "@/domain/graph";
import { isObject, objectAt } from "@/domain/json";
import { portsOf } from "@/domain/ports";
import { sampleInputs, sampleOf } from "@/domain/sample";
import { useStudio } from "./studioContext";

const JsonEditor = lazy(() =>
  import("@/design/code/JsonEditor").then(({ JsonEditor }) => ({ default: JsonEditor })),
);

function read(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Starts the draft as it stands. The inputs of the last time are offered again. */
export function RunDialog({ onClose }: { readonly onClose: () => void }) {
  const { graph, document, set } = useStudio();
  const inputs = graphInputs(document);
  const parameters = objectAt(document, "parameters");
  const hasParameters = Object.keys(objectAt(parameters, "properties")).length > 0;
  const [environment] = useLocalStorage({ key: "lamina-environment", defaultValue: "" });
  const [last, setLast] = useLocalStorage({ key: `lamina-inputs-${graph.id}`, defaultValue: "" });
  const names = new Set(inputs.map(([name]) => name));
  const old = read(last);
  const isOldFit = isObject(old) && Object.keys(old).every((name) => names.has(name)) && last !== "{}";
  const [text, setText] = useState(() => (isOldFit ? last : JSON.stringify(sampleInputs(inputs), null, 2)));
  const [given, setGiven] = useState(() => JSON.stringify(sampleOf(parameters) ?? {}, null, 2));
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const { busy, run } = useVerb(StartRunDocument);
  const values = read(text);
  const settings = read(given);
  const isReady = isObject(values) && (!hasParameters || isObject(settings));
  const start = async () => {
    if (!isReady) return;
    setLast(text);
    const input = {
      graph: graph.id,
      document,
      inputs: values,
      parameters: hasParameters ? settings : {},
      environment: environment || null,
      idempotencyKey: crypto.randomUUID(),
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
  return (
    <Modal opened onClose={onClose} title="Run this draft" size="lg">
      <div className="column">
        {inputs.length === 0 ? (
          <p className="muted">This graph takes no inputs.</p>
        ) : (
          <>
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
            <Suspense fallback={<Loading rows={3} />}>
              <JsonEditor label="Inputs" text={text} onChange={setText} />
            </Suspense>
          </>
        )}
        {hasParameters && (
          <Suspense fallback={<Loading rows={2} />}>
            <h3>Parameters</h3>
            <JsonEditor label="Parameters" text={given} onChange={setGiven} />
          </Suspense>
        )}
        {!isReady && <p className="run-error small">This is not a JSON object with one value a port.</p>}
        {problems.map((problem) => (
          <p key={`${problem.path} ${problem.message}`} className="run-error" role="alert">
            {problem.message}
          </p>
        ))}
        <div className="row">
          <Button
            leftSection={<IconPlayerPlay size={14} />}
            loading={busy}
            disabled={!isReady}
            onClick={() => void start()}
            data-autofocus
          >
            Run
          </Button>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </div>
    </Modal>
  );
}
