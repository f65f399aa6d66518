import { Button } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { IconCloudOff, type TablerIcon } from "@tabler/icons-react";
import type { ReactNode } from "react";
import "./layout.css";

interface EmptyProps {
  readonly icon: TablerIcon;
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
  readonly isPage?: boolean;
}

/** An empty place says what belongs here and how it gets here. */
export function Empty({ icon: Icon, title, children, action, isPage = false }: EmptyProps) {
  return (
    <div className="message message-centred">
      <Icon size={28} stroke={1.5} className="message-icon" aria-hidden />
      <Title title={title} isPage={isPage} />
      {children !== undefined && <p>{children}</p>}
      {action}
    </div>
  );
}

interface FailureProps {
  readonly title: string;
  readonly children: ReactNode;
  readonly onRetry?: () => void;
  readonly isPage?: boolean;
}

export function Failure({ title, children, onRetry, isPage = false }: FailureProps) {
  return (
    <div className="message message-centred" role="alert">
      <IconCloudOff size={28} stroke={1.5} className="message-icon" aria-hidden />
      <Title title={title} isPage={isPage} />
      <p>{children}</p>
      {onRetry !== undefined && (
        <Button variant="default" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}

interface TitleProps {
  readonly title: string;
  readonly isPage: boolean;
}

function Title({ title, isPage }: TitleProps) {
  return isPage ? <PageTitle title={title} /> : <h2>{title}</h2>;
}

/** Where the message is all that the page has to say. */
function PageTitle({ title }: { readonly title: string }) {
  useDocumentTitle(`${title} · Lamina`);
  return <h1 className="message-title">{title}</h1>;
}

const WIDTHS = ["72%", "88%", "56%", "80%", "64%", "84%", "48%", "76%"] as const;

export function Loading({
  rows = 5,
  label = "Loading",
}: {
  readonly rows?: number;
  readonly label?: string;
}) {
  return (
    <div role="status" aria-label={label}>
      <Lines rows={rows} />
    </div>
  );
}

/** Lines that stand where text will come; what is coming is said by `Loading` or `Coming`. */
export function Lines({ rows }: { readonly rows: number }) {
  return (
    <div className="skeleton" aria-hidden="true">
      {WIDTHS.slice(0, rows).map((width) => (
        <span key={width} style={{ width }} />
      ))}
    </div>
  );
}

/** A line inside a heading or a row. */
export function Line({ width }: { readonly width: number }) {
  return <span className="skeleton-line" style={{ width }} aria-hidden="true" />;
}

/** A page in outline, of the shape that it will have. */
export function Coming({ children }: { readonly children: ReactNode }) {
  return (
    <>
      <span className="visually-hidden" role="status">
        Loading
      </span>
      {children}
    </>
  );
}
