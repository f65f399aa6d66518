import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef } from "react";
import { brief } from "@/domain/json";
import { SCROLLS } from "./scrolls";

interface ValueTableProps {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly columns: readonly string[];
  readonly types?: readonly string[];
  /** The number of the first row. */
  readonly from?: number;
}

const ROW = 24;
const MAX_HEIGHT = 320;

export function ValueTable({ rows, columns, types, from = 0 }: ValueTableProps) {
  const host = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => host.current,
    estimateSize: () => ROW,
    overscan: 10,
  });
  const items = virtual.getVirtualItems();
  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    <div {...SCROLLS} className="value-table" ref={host} style={{ maxHeight: MAX_HEIGHT }}>
      <table>
        <thead>
          <tr>
            <th scope="col" className="value-line">
              #
            </th>
            {columns.map((column, place) => (
              <th
                key={column}
                scope="col"
                className={typeof rows[0]?.[column] === "number" ? "value-head-number" : undefined}
              >
                {column}
                {types?.[place] !== undefined && <span className="value-type mono">{types[place]}</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {before > 0 && <tr style={{ height: before }} />}
          {items.map(({ index }) => (
            <tr key={index}>
              <td className="value-line">{from + index}</td>
              {columns.map((column) => {
                const cell = rows[index]?.[column];
                return (
                  <td key={column} className={typeof cell === "number" ? "value-number" : undefined}>
                    {cell === undefined || cell === null ? (
                      <span className="muted">–</span>
                    ) : typeof cell === "string" ? (
                      cell
                    ) : (
                      brief(cell)
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
          {after > 0 && <tr style={{ height: after }} />}
        </tbody>
      </table>
    </div>
  );
}
