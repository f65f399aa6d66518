import { Button } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import { type HomeQuery, StartRunDocument } from "@/api/generated/graphql";
import { useVerb } from "@/api/useVerb";
import { GraphSketch } from "@/design/GraphSketch";
import { Panel } from "@/design/Page";
import { StatusMark } from "@/design/StatusMark";
import { graphInputs, parseGraph } from "@/domain/graph";
import { sampleInputs } from "@/domain/sample";
import { lower } from "@/domain/status";
import { countText } from "@/domain/words";

type GraphCard = HomeQuery["graphs"]["edges"][number]["node"];

export function SampleGraphs({ graphs }: { readonly graphs: readonly GraphCard[] }) {
  const runnable = graphs.filter(({ head }) => head !== null && head !== undefined);
  if (runnable.length === 0) return null;
  return (
    <Panel title="Graphs" aside={<Link to="/graphs">All graphs</Link>}>
      <div className="samples">
        {runnable.map((graph) => (
          <SampleCard key={graph.id} graph={graph} />
        ))}
      </div>
    </Panel>
  );
}

function SampleCard({ graph }: { readonly graph: GraphCard }) {
  const navigate = useNavigate();
  const { busy, run } = useVerb(StartRunDocument);
  const document = parseGraph(graph.head?.document);
  const start = async () => {
    const input = {
      graph: graph.id,
      revision: graph.head?.number ?? null,
      inputs: sampleInputs(graphInputs(document)),
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
        <p className="small muted sample-doc">{graph.doc || countText(graph.nodeCount, "node")}</p>
        <div className="row">
          <Button
            size="compact-xs"
            loading={busy}
            leftSection={<IconPlayerPlay size={12} />}
            onClick={() => void start()}
            aria-label={`Run ${graph.title}`}
          >
            Run
          </Button>
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
