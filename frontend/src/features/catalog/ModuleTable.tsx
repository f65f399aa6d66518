import { Link } from "@tanstack/react-router";
import type { ModuleCardFragment } from "@/api/generated/graphql";
import { Inline } from "@/design/Inline";
import { Ago } from "@/design/Instant";
import { Panel } from "@/design/Page";
import { StatusMark } from "@/design/StatusMark";
import { contractPorts } from "@/domain/ports";
import { lower } from "@/domain/status";
import { Ports } from "./ModuleCards";
import { moduleParams } from "./moduleParams";

export function ModuleTable({ modules }: { readonly modules: readonly ModuleCardFragment[] }) {
  return (
    <Panel flush>
      <table className="table module-table" aria-label="Modules">
        <thead>
          <tr>
            <th>Module</th>
            <th className="module-table-version">Version</th>
            <th className="module-table-state">State</th>
            <th className="module-table-ports">Takes</th>
            <th className="module-table-ports">Gives</th>
            <th className="end module-table-when">Released</th>
          </tr>
        </thead>
        <tbody>
          {modules.map((module) => (
            <tr key={module.id}>
              <td>
                <Link to="/catalog/$team/$name" params={moduleParams(module.name)} className="table-link">
                  {module.name}
                </Link>
                <div className="small muted ellipsis">
                  <Inline text={module.summary} />
                </div>
              </td>
              <td className="mono">{module.latest?.version}</td>
              <td>{module.latest && <StatusMark status={lower(module.latest.state)} />}</td>
              <td>
                <Ports ports={contractPorts(module.latest?.contract, "in")} />
              </td>
              <td>
                <Ports ports={contractPorts(module.latest?.contract, "out")} />
              </td>
              <td className="end muted">
                {module.latest?.releasedAt && <Ago at={module.latest.releasedAt} />}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}
