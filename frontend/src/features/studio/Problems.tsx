import { IconAlertTriangle, IconCircleCheck, IconInfoCircle, IconPlugConnectedX } from "@tabler/icons-react";
import { Empty, Failure } from "@/design/Message";
import { nodeOfPointer, nodeTitle, parseEdge } from "@/domain/graph";
import { brief } from "@/domain/json";
import { edgeOfPointer } from "@/domain/problems";
import { useStudio } from "./studioContext";

/** What stands in the way, each entry leading to its place. */
export function Problems() {
  const { check, draft, set } = useStudio();
  const go = (id: string | undefined) => id !== undefined && set({ select: new Set([id]) });
  const titleOf = (id: string | undefined) => {
    const node = id === undefined ? undefined : draft.body.nodes[id];
    return node === undefined || id === undefined ? undefined : nodeTitle(id, node);
  };
  if (check.failed !== undefined)
    return <Failure title="The graph could not be checked">{check.failed}</Failure>;
  if (check.problems.length + check.warnings.length + check.broken.length === 0) {
    return (
      <Empty icon={IconCircleCheck} title={check.isChecking ? "Checking…" : "Nothing stands in the way"}>
        The same check runs again when a revision is saved and when a run starts.
      </Empty>
    );
  }
  return (
    <ul className="problems">
      {check.broken.map(([id, edge]) => (
        <li key={id}>
          <button type="button" onClick={() => go(id)}>
            <IconPlugConnectedX size={16} aria-hidden />
            <span className="grow">
              {edge.reason}
              {edge.hasWitness && <code className="mono muted"> breaks on {brief(edge.witness, 120)}</code>}
            </span>
            <span className="muted small">{titleOf(parseEdge(id)?.target)}</span>
          </button>
        </li>
      ))}
      {[...check.problems, ...check.warnings].map((problem, place) => (
        <li key={`${problem.path} ${problem.code} ${problem.message}`}>
          <button
            type="button"
            onClick={() => go(edgeOfPointer(problem.path) ?? nodeOfPointer(problem.path))}
          >
            {place < check.problems.length ? (
              <IconAlertTriangle size={16} aria-label="Problem" />
            ) : (
              <IconInfoCircle size={16} className="problem-mild" aria-label="Warning" />
            )}
            <span className="grow">{problem.message}</span>
            <span className="muted small">{titleOf(nodeOfPointer(problem.path)) ?? problem.path}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
