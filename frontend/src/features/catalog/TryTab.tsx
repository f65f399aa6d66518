import { Button } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useState } from "react";
import { TryModuleDocument } from "@/api/generated/graphql";
import { useEnvironment, useViewer } from "@/api/signedIn";
import { useVerb } from "@/api/useVerb";
import { Panel } from "@/design/Page";
import { objectAt, parseJson } from "@/domain/json";
import { sampleInputs, sampleOf } from "@/domain/sample";
import type { Detail } from "./DocsTab";
import { otherRefusals, type Refusal, refusalsOf } from "./refusals";
import { TryField } from "./TryField";
import { TryOutcome } from "./TryOutcome";

const RUNS: ReadonlySet<string> = new Set(["AUTHOR", "OPERATOR", "MAINTAINER", "ADMIN"]);

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

type Read = { readonly value: unknown } | { readonly trouble: string };

function parsed(text: string): Read {
  try {
    return { value: parseJson(text) };
  } catch (error) {
    return { trouble: error instanceof Error ? error.message : "it cannot be read." };
  }
}

const troubleOf = (read: Read) => ("trouble" in read ? read.trouble : undefined);

interface Ran {
  readonly run: string;
  readonly environment: string | null;
  readonly inputs: string;
  readonly config: string;
}

export function TryTab({ detail }: { readonly detail: Detail }) {
  const [inputs, setInputs] = useState(() => JSON.stringify(firstInputs(detail), null, 2));
  const [config, setConfig] = useState(() => JSON.stringify(firstConfig(detail) ?? {}, null, 2));
  const [ran, setRan] = useState<Ran>();
  const [refusals, setRefusals] = useState<readonly Refusal[]>([]);
  const verb = useVerb(TryModuleDocument);
  const { environment } = useEnvironment();
  const mayRun = useViewer().teams.some(({ roles }) => roles.some((role) => RUNS.has(role)));
  const [readInputs, readConfig] = [parsed(inputs), parsed(config)];
  const isReady = mayRun && "value" in readInputs && "value" in readConfig;
  const start = async () => {
    if (!("value" in readInputs) || !("value" in readConfig)) return;
    setRan(undefined);
    setRefusals([]);
    const input = { version: detail.id, inputs: readInputs.value, config: readConfig.value, environment };
    const came = await verb.run({ input }, { quiet: true });
    if (came.kind === "done") setRan({ run: came.done.run.id, environment, inputs, config });
    else setRefusals(came.kind === "refused" ? came.problems : [{ path: "", message: came.message }]);
  };
  const others = otherRefusals(refusals);
  return (
    <div className="try">
      <Panel title="Inputs and settings">
        <div className="column">
          <TryField
            title="Inputs, by port"
            label="Inputs"
            text={inputs}
            trouble={troubleOf(readInputs)}
            refusals={refusalsOf("inputs", refusals)}
            onChange={setInputs}
          />
          <TryField
            title="Settings"
            label="Settings"
            text={config}
            trouble={troubleOf(readConfig)}
            refusals={refusalsOf("config", refusals)}
            onChange={setConfig}
          />
          {others.map(({ message }) => (
            <p key={message} className="run-error small" role="alert">
              {message}
            </p>
          ))}
          <div className="row">
            <Button
              leftSection={<IconPlayerPlay size={14} aria-hidden />}
              onClick={() => void start()}
              loading={verb.busy}
              disabled={!isReady}
            >
              Run it once
            </Button>
            <span className="small muted">
              {mayRun
                ? `It runs in ${environment ?? "the default environment"}.`
                : "Trying a module needs the role author or operator in one of your teams."}
            </span>
          </div>
        </div>
      </Panel>
      {ran === undefined ? (
        <Panel title="Outcome">
          <p className="muted">
            {refusals.length > 0
              ? "Nothing was run: what was given was refused."
              : "The run happens in the sandbox of this installation, like any other, and its outputs stand here."}
          </p>
        </Panel>
      ) : (
        <TryOutcome
          key={ran.run}
          run={ran.run}
          environment={ran.environment}
          isOld={ran.inputs !== inputs || ran.config !== config}
        />
      )}
    </div>
  );
}
