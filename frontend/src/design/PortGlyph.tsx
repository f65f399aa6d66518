import type { ReactNode } from "react";
import type { PortKind } from "@/domain/ports";
import "./port.css";

/** Shape and colour together, because eight hues alone cannot be told apart by everybody. */
const SHAPES: Readonly<Record<PortKind, ReactNode>> = {
  any: <circle cx="6" cy="6" r="3.6" className="port-hollow" />,
  string: <circle cx="6" cy="6" r="4.2" />,
  number: <path d="M6 1.2 10.8 6 6 10.8 1.2 6Z" />,
  boolean: (
    <>
      <circle cx="6" cy="6" r="3.8" className="port-hollow" />
      <path d="M6 1.6a4.4 4.4 0 0 1 0 8.8Z" />
    </>
  ),
  object: <rect x="2" y="2" width="8" height="8" rx="1" />,
  list: (
    <>
      <path d="M4.2 1.6h6.2v6.2" className="port-line" />
      <rect x="1.4" y="4" width="6.6" height="6.6" rx="1" />
    </>
  ),
  bytes: <path d="M6 1.6 10.8 10H1.2Z" />,
  table: (
    <>
      <rect x="1.6" y="1.6" width="8.8" height="8.8" rx="1" className="port-hollow" />
      <path d="M1.6 4.6h8.8M6 4.6v5.8" className="port-line" />
      <rect x="1.6" y="1.6" width="8.8" height="3" />
    </>
  ),
};

export function PortGlyph({ kind, size = 12 }: { readonly kind: PortKind; readonly size?: number }) {
  return (
    <svg
      className="port-glyph"
      width={size}
      height={size}
      viewBox="0 0 12 12"
      style={{ color: `var(--port-${kind})` }}
      aria-hidden="true"
    >
      {SHAPES[kind]}
    </svg>
  );
}

interface PortLabelProps {
  readonly kind: PortKind;
  readonly name: string;
  readonly type?: string;
}

export function PortLabel({ kind, name, type }: PortLabelProps) {
  return (
    <span className="row tight">
      <PortGlyph kind={kind} />
      <span className="mono">{name}</span>
      {type !== undefined && <span className="muted small ellipsis">{type}</span>}
    </span>
  );
}
