import { Button } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { TryModuleDocument } from "@/api/generated/graphql";
import { useRunFeed } from "@/api/useRunFeed";
import { useVerb } from "@/api/useVerb";
import { Loading } from "@/design/Message";
import { Panel } from "@/design/Page";
import { StatusMark } from "@/design/StatusMark";
import { ValueView } from "@/design/ValueView";
import { plainId } from "@/domain/ids";
import { isObject, objectAt } from "@/domain/json";
import { sampleInputs, sampleOf } from "@/domain/sample";
import type { Detail } from "./DocsTab";

const JsonEditor = lazy(() =>
  import("@/design/code/JsonEditor").then(({ JsonEditor }) => ({ default: JsonEditor })),
);

/** The inputs of its first example, or values made from its schemas. */
function firstInputs(detail: Detail): unknown {
  const example = detail.examples[0]?.document;
  const inputs = objectAt(example, "inputs");
  if (Object.keys(inputs).length > 0) return inputs;
  return sampleInputs(Object.entries(objectAt(objectAt(detail.contract, "ports"), "in")), detail.contract);
}

function firstConfig(detail: Detail): unknown {
  const example = detail.examples[0]?.document;
  const config = objectAt(example, "config");
  return Object.keys(config).length > 0
    ? config
    : sampleOf(objectAt(detail.contract, "config"), detail.contract);
}

function parsed(text: string): { readonly value: unknown } | { readonly trouble: string } {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { trouble: error instanceof Error ? error.message : "This is not JSON." };
  }
}

export function TryTab({ detail }: { readonly detail: Detail }) {
  const [inputs, setInputs] = useState(() => JSON.stringify(firstInputs(detail), null, 2));
  const [config, setConfig] = useState(() => JSON.stringify(firstConfig(detail) ?? {}, null, 2));
  const [run, setRun] = useState<string>();
  const verb = useVerb(TryModuleDocument);
  const [readInputs, readConfig] = [parsed(inputs), parsed(config)];
  const start = async () => {
    if (!("value" in readInputs) || !("value" in readConfig)) return;
    const came = await verb.run({
      input: { version: detail.id, inputs: readInputs.value, config: readConfig.value },
    });
    if (came.kind === "done") setRun(came.done.run.id);
  };
  const isReady = "value" in readInputs && "value" in readConfig;
  return (
    <div className="try">
      <Panel title="Inputs and settings">
        <Suspense fallback={<Loading />}>
          <div className="column">
            <h3>Inputs, by port</h3>
            <JsonEditor label="Inputs" text={inputs} onChange={setInputs} />
            {"trouble" in readInputs && <p className="run-error small">{readInputs.trouble}</p>}
            <h3>Settings</h3>
            <JsonEditor label="Settings" text={config} onChange={setConfig} />
            {"trouble" in readConfig && <p className="run-error small">{readConfig.trouble}</p>}
            <div>
              <Button
                leftSection={<IconPlayerPlay size={14} />}
                onClick={() => void start()}
                loading={verb.busy}
                disabled={!isReady}
              >
                Run it once
              </Button>
            </div>
          </div>
        </Suspense>
      </Panel>
      {run === undefined ? (
        <Panel title="Outcome">
          <p className="muted">
            The run happens in the sandbox of this installation, like any other, and its outputs stand here.
          </p>
        </Panel>
      ) : (
        <Outcome key={run} run={run} />
      )}
    </div>
  );
}

function Outcome({ run }: { readonly run: string }) {
  const { view } = useRunFeed(run);
  const outputs = isObject(view?.outputs) ? Object.entries(view.outputs) : [];
  return (
    <Panel
      title="Outcome"
      aside={
        <Link to="/runs/$runId" params={{ runId: run }}>
          Open the run
        </Link>
      }
    >
      <div className="column">
        <StatusMark status={view?.status ?? "queued"} />
        {view?.error && (
          <p className="run-error">
            <span className="mono">{view.error.name}</span> {view.error.message}
          </p>
        )}
        {outputs.map(([port, envelope]) => (
          <ValueView
            key={port}
            name={port}
            document={envelope}
            artifactBase={`/runs/${plainId(run)}/artifacts/`}
          />
        ))}
      </div>
    </Panel>
  );
}
