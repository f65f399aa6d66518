import { useDocumentTitle } from "@mantine/hooks";
import type { ReactNode } from "react";
import "./layout.css";

interface PageProps {
  readonly title: string;
  /** What stands in the browser's tab, when the heading needs more than words. */
  readonly heading?: ReactNode;
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  readonly width?: "reading" | "full";
}

export function Page({ title, heading, lead, actions, children, width = "full" }: PageProps) {
  useDocumentTitle(`${title} · Lamina`);
  return (
    <div className={`page page-${width}`}>
      <header className="page-head">
        <div className="grow">
          <h1>{heading ?? title}</h1>
          {lead !== undefined && <div className="page-lead">{lead}</div>}
        </div>
        {actions !== undefined && <div className="row">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

interface PanelProps {
  readonly title?: ReactNode;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
  readonly flush?: boolean;
  readonly className?: string;
}

export function Panel({ title, aside, children, flush = false, className }: PanelProps) {
  return (
    <section className={`panel${className === undefined ? "" : ` ${className}`}`}>
      {title !== undefined && (
        <div className="panel-head">
          <h2>{title}</h2>
          {aside !== undefined && <div className="push row">{aside}</div>}
        </div>
      )}
      <div className={flush ? "panel-flush" : "panel-body"}>{children}</div>
    </section>
  );
}

interface FactsProps {
  readonly facts: readonly (readonly [string, ReactNode])[];
}

/** Short labelled facts: a definition list in one or two columns. */
export function Facts({ facts }: FactsProps) {
  return (
    <dl className="facts">
      {facts.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
