import { Inline } from "@/design/Inline";
import { PortGlyph } from "@/design/PortGlyph";
import type { Port } from "@/domain/ports";
import type { PortMark } from "./portMarks";

interface PortTableProps {
  readonly title: string;
  readonly ports: readonly Port[];
  /** What became of a port against another version, by its name. */
  readonly marks?: ReadonlyMap<string, PortMark>;
}

export function PortTable({ title, ports, marks }: PortTableProps) {
  return (
    <table className="table port-table">
      <colgroup>
        <col className="port-table-name" />
        <col className="port-table-type" />
        <col />
      </colgroup>
      <thead>
        <tr>
          <th scope="col">{title}</th>
          <th scope="col">Type</th>
          <th scope="col" className="grow">
            Means
          </th>
        </tr>
      </thead>
      <tbody>
        {ports.map((port) => (
          <tr key={port.name}>
            <td>
              <span className="row tight wrap">
                <PortGlyph kind={port.kind} />
                <span className="mono">{port.name}</span>
                {marks?.has(port.name) && (
                  <span className={`tag port-${marks.get(port.name)}`}>{marks.get(port.name)}</span>
                )}
                {!port.required && title === "Takes" && <span className="muted small">optional</span>}
              </span>
            </td>
            <td className="mono">{port.type}</td>
            <td className="muted">{port.doc ? <Inline text={port.doc} /> : "–"}</td>
          </tr>
        ))}
        {ports.length === 0 && (
          <tr>
            <td colSpan={3} className="muted">
              Nothing.
            </td>
          </tr>
        )}
      </tbody>
    </table>
  );
}
