import { Link } from "@tanstack/react-router";
import type { ModuleCardFragment } from "@/api/generated/graphql";
import { Inline } from "@/design/Inline";
import { PortGlyph } from "@/design/PortGlyph";
import { StatusMark } from "@/design/StatusMark";
import { contractPorts, type Port } from "@/domain/ports";
import { lower } from "@/domain/status";
import { moduleParams } from "./moduleParams";

const SHOWN = 4;

export function ModuleCards({ modules }: { readonly modules: readonly ModuleCardFragment[] }) {
  return (
    <div className="module-cards">
      {modules.map((module) => (
        <Link
          key={module.id}
          to="/catalog/$team/$name"
          params={moduleParams(module.name)}
          className="module-card"
        >
          <div className="row module-card-head">
            <span className="module-card-name grow">{module.name.split("/")[1]}</span>
            {module.latest && <span className="mono small muted">{module.latest.version}</span>}
          </div>
          <p className="module-card-summary">
            <Inline text={module.summary} />
          </p>
          <div className="module-card-ports">
            <Ports ports={contractPorts(module.latest?.contract, "in")} />
            <span className="module-card-arrow" aria-hidden="true">
              →
            </span>
            <Ports ports={contractPorts(module.latest?.contract, "out")} />
          </div>
          <div className="row small muted">
            <span className="ellipsis">{module.owner.title}</span>
            {module.runtime !== "python" && <span className="tag">{module.runtime}</span>}
            <span className="push">
              {module.latest && module.latest.state !== "RELEASED" && (
                <StatusMark status={lower(module.latest.state)} />
              )}
            </span>
          </div>
        </Link>
      ))}
    </div>
  );
}

export function Ports({ ports }: { readonly ports: readonly Port[] }) {
  return (
    <span className="port-list">
      {ports.slice(0, SHOWN).map((port) => (
        <span key={port.name} className="row tight" title={`${port.name}: ${port.type}`}>
          <PortGlyph kind={port.kind} />
          <span className="mono ellipsis">{port.name}</span>
        </span>
      ))}
      {ports.length > SHOWN && <span className="muted">+{ports.length - SHOWN}</span>}
      {ports.length === 0 && <span className="muted">nothing</span>}
    </span>
  );
}
