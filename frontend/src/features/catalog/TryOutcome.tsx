import { Link } from "@tanstack/react-router";
import { useRunFeed } from "@/api/useRunFeed";
import { Panel } from "@/design/Page";
import { StatusMark } from "@/design/StatusMark";
import { ValueView } from "@/design/ValueView";
import { plainId } from "@/domain/ids";
import { isObject } from "@/domain/json";

interface TryOutcomeProps {
  readonly run: string;
  readonly environment: string | null;
  /** Whether inputs or settings have been edited since. */
  readonly isOld: boolean;
}

export function TryOutcome({ run, environment, isOld }: TryOutcomeProps) {
  const { view } = useRunFeed(run);
  const outputs = isObject(view?.outputs) ? Object.entries(view.outputs) : [];
  return (
    <Panel
      title="Outcome"
      aside={
        <>
          {isOld && <span className="tag">of what stood there before</span>}
          {environment !== null && <span className="small muted">in {environment}</span>}
          <Link to="/runs/$runId" params={{ runId: run }}>
            Open the run
          </Link>
        </>
      }
      {...(isOld ? { className: "try-old" } : {})}
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
