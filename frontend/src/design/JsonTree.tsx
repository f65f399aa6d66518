import { useState } from "react";
import { brief, isObject } from "@/domain/json";
import { SCROLLS } from "./scrolls";
import "./value.css";

const FIRST_SHOWN = 100;

/** JSON that opens and closes; long lists show their first hundred until asked for more. */
export function JsonTree({ value }: { readonly value: unknown }) {
  return (
    <div {...SCROLLS} className="json mono">
      <Branch value={value} depth={0} name={undefined} />
    </div>
  );
}

interface BranchProps {
  readonly name: string | undefined;
  readonly value: unknown;
  readonly depth: number;
}

function Branch({ name, value, depth }: BranchProps) {
  const [open, setOpen] = useState(depth < 2);
  const [shown, setShown] = useState(FIRST_SHOWN);
  const label = name === undefined ? null : <span className="json-name">{name}: </span>;
  const isList = Array.isArray(value);
  if (!isList && !isObject(value)) {
    return (
      <div className="json-leaf">
        {label}
        <Leaf value={value} />
      </div>
    );
  }
  const entries = isList ? value.map((item, place) => [String(place), item] as const) : Object.entries(value);
  if (entries.length === 0) {
    return (
      <div className="json-leaf">
        {label}
        <span className="muted">{isList ? "[ ]" : "{ }"}</span>
      </div>
    );
  }
  return (
    <div>
      <button type="button" className="json-fold" aria-expanded={open} onClick={() => setOpen(!open)}>
        <span className="json-arrow" aria-hidden="true">
          {open ? "▾" : "▸"}
        </span>
        {label}
        <span className="muted">
          {isList ? `[${entries.length}]` : `{${entries.length}}`} {!open && brief(value, 60)}
        </span>
      </button>
      {open && (
        <div className="json-inside">
          {entries.slice(0, shown).map(([key, inner]) => (
            <Branch key={key} name={key} value={inner} depth={depth + 1} />
          ))}
          {entries.length > shown && (
            <button type="button" className="json-fold" onClick={() => setShown(shown + FIRST_SHOWN * 10)}>
              {entries.length - shown} more
            </button>
          )}
        </div>
      )}
    </div>
  );
}

function Leaf({ value }: { readonly value: unknown }) {
  if (typeof value === "string") return <span className="json-text">“{value}”</span>;
  if (typeof value === "number") return <span className="json-number">{value}</span>;
  return <span className="json-word">{String(value)}</span>;
}
