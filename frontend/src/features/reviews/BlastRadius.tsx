import { Link } from "@tanstack/react-router";
import { Panel } from "@/design/Page";
import { countText } from "@/domain/words";
import type { ReviewOnShow } from "./review";

/** The graphs that use the module, by team: who would notice. */
export function BlastRadius({ review }: { readonly review: ReviewOnShow }) {
  const graphs = review.impact;
  const teams = new Set(graphs.map(({ team }) => team.id)).size;
  return (
    <Panel title="Blast radius" aside={graphs.length > 0 && <span className="tag">{graphs.length}</span>}>
      {graphs.length === 0 ? (
        <p className="muted">No graph that you can see uses this module.</p>
      ) : (
        <p className="small muted">
          {countText(graphs.length, "graph")} of {countText(teams, "team")}{" "}
          {graphs.length === 1 ? "uses" : "use"} this module.
          {review.bump?.level === "major" && " A range such as ^1 does not take a major step by itself."}
        </p>
      )}
      <ul className="review-list">
        {graphs.map((graph) => (
          <li key={graph.id} className="row">
            <Link to="/graphs/$graphId" params={{ graphId: graph.id }} className="ellipsis">
              {graph.title}
            </Link>
            <span className="small muted push">{graph.team.title}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
