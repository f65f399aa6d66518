import { IconSitemap } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { Empty } from "@/design/Message";
import { Panel } from "@/design/Page";
import type { ModuleOnShow } from "./ModulePage";

export function DependantsTab({ module }: { readonly module: ModuleOnShow }) {
  return (
    <Panel flush>
      {module.dependants.length === 0 ? (
        <Empty icon={IconSitemap} title="No graph uses it">
          Graphs that contain this module are listed here, so that a change can be judged by what it would
          touch.
        </Empty>
      ) : (
        <table className="table" aria-label="Graphs that use this module">
          <thead>
            <tr>
              <th>Graph</th>
              <th>Team</th>
              <th>Revision</th>
            </tr>
          </thead>
          <tbody>
            {module.dependants.map((graph) => (
              <tr key={graph.id}>
                <td>
                  <Link to="/graphs/$graphId" params={{ graphId: graph.id }} className="table-link">
                    {graph.title}
                  </Link>
                </td>
                <td>{graph.team.title}</td>
                <td className="mono">{graph.head ? `r${graph.head.number}` : "draft"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}
