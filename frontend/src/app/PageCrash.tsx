import type { ErrorComponentProps } from "@tanstack/react-router";
import { Failure } from "@/design/Message";

/** A page that could not be drawn. After an update of the server, a reload fetches the current page. */
export function PageCrash({ error }: ErrorComponentProps) {
  return (
    <Failure isPage title="This page could not be shown" onRetry={() => window.location.reload()}>
      {error instanceof Error ? error.message : String(error)}
    </Failure>
  );
}
