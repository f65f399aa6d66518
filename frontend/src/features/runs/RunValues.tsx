import { Panel } from "@/design/Page";
import { ValueView } from "@/design/ValueView";
import { plainId } from "@/domain/ids";
import type { RunView } from "@/domain/journal";
import { isObject } from "@/domain/json";
import type { RunOnShow } from "./RunPage";

interface RunValuesProps {
  readonly run: RunOnShow;
  readonly view: RunView | undefined;
}

export function RunValues({ run, view }: RunValuesProps) {
  const outputs = view?.outputs ?? run.outputs;
  return (
    <div className="run-values">
      <ValueList title="Inputs" values={run.inputs} run={run.id} />
      <ValueList
        title="Outputs"
        values={outputs}
        run={run.id}
        empty="Outputs stand here when the run has succeeded."
      />
    </div>
  );
}

interface ValueListProps {
  readonly title: string;
  readonly values: unknown;
  readonly run: string;
  readonly empty?: string;
}

export function ValueList({ title, values, run, empty = "None." }: ValueListProps) {
  const entries = isObject(values) ? Object.entries(values) : [];
  return (
    <Panel title={title}>
      {entries.length === 0 && <p className="muted">{empty}</p>}
      {entries.map(([port, envelope]) => (
        <ValueView
          key={port}
          name={port}
          document={envelope}
          artifactBase={`/runs/${plainId(run)}/artifacts/`}
        />
      ))}
    </Panel>
  );
}
