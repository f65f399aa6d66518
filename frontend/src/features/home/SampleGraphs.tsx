import { Button, Tooltip } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import { type HomeQuery, StartRunDocument } from "@/api/generated/graphql";
import { useEnvironment } from "@/api/signedIn";
import { useVerb } from "@/api/useVerb";
import { GraphSketch } from "@/design/GraphSketch";
import { Inline } from "@/design/Inline";
import { Panel } from "@/design/Page";
import { StatusMark } from "@/design/StatusMark";
import { graphInputs, parseGraph } from "@/domain/graph";
import { sampleInputs } from "@/domain/sample";
import { lower } from "@/domain/status";
import { countText } from "@/domain/words";

type GraphCard = HomeQuery["graphs"]["edges"][number]["node"];

export function SampleGraphs({ graphs }: { readonly graphs: readonly GraphCard[] }) {
  if (graphs.length === 0) return null;
  return (
    <Panel title="Graphs" aside={<Link to="/graphs">All graphs</Link>}>
      <div className="samples">
        {graphs.map((graph) => (
          <SampleCard key={graph.id} graph={graph} />
        ))}
      </div>
    </Panel>
  );
}

function SampleCard({ graph }: { readonly graph: GraphCard }) {
  const navigate = useNavigate();
  const { busy, run } = useVerb(StartRunDocument);
  const { environment } = useEnvironment();
  const document = parseGraph(graph.head?.document);
  const start = async () => {
    const input = {
      graph: graph.id,
      revision: graph.head?.number ?? null,
      inputs: sampleInputs(graphInputs(document)),
      environment,
      idempotencyKey: crypto.randomUUID(),
    };
    const came = await run({ input });
    if (came.kind === "done") void navigate({ to: "/runs/$runId", params: { runId: came.done.run.id } });
  };
  return (
    <article className="sample">
      <GraphSketch document={graph.head?.document} />
      <div className="sample-text">
        <Link to="/graphs/$graphId" params={{ graphId: graph.id }} className="table-link ellipsis">
          {graph.title}
        </Link>
        <p className="small muted sample-doc">
          <Inline text={graph.doc || countText(graph.nodeCount, "node")} />
        </p>
        <div className="row">
          <RunButton
            title={graph.title}
            hint={hintOf(graph, environment)}
            mayRun={graph.viewerMay.includes("run")}
            busy={busy}
            onRun={() => void start()}
          />
          <span className="push small">
            {graph.lastRun ? (
              <StatusMark status={lower(graph.lastRun.status)} />
            ) : (
              <span className="muted">Never run</span>
            )}
          </span>
        </div>
      </div>
    </article>
  );
}

function hintOf({ team, viewerMay }: GraphCard, environment: string | null): string {
  if (viewerMay.includes("run")) return `Starts in ${environment ?? "the default environment"}`;
  return `You may look at it. Running it needs the role author or operator in ${team.title}.`;
}

interface RunButtonProps {
  readonly title: string;
  readonly hint: string;
  readonly mayRun: boolean;
  readonly busy: boolean;
  readonly onRun: () => void;
}

/** Who may not run it reaches the button all the same, and is told why. */
function RunButton({ title, hint, mayRun, busy, onRun }: RunButtonProps) {
  return (
    <Tooltip label={hint} events={{ hover: true, focus: true, touch: true }}>
      <Button
        size="compact-xs"
        variant={mayRun ? "filled" : "default"}
        loading={busy}
        leftSection={<IconPlayerPlay size={12} aria-hidden />}
        onClick={mayRun ? onRun : undefined}
        aria-label={mayRun ? `Run ${title}` : `Run ${title}. ${hint}`}
        aria-disabled={!mayRun}
        data-disabled={!mayRun}
      >
        Run
      </Button>
    </Tooltip>
  );
}
