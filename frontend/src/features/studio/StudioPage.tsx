import { getRouteApi } from "@tanstack/react-router";
import { ReactFlowProvider } from "@xyflow/react";
import { StudioGraphDocument, type StudioGraphQuery, ViewerDocument } from "@/api/generated/graphql";
import { useReading } from "@/api/useReading";
import { Failure, Loading } from "@/design/Message";
import { NotThere } from "@/design/NotThere";
import { Studio } from "./Studio";
import "./studio.css";
import { useRoom } from "./useRoom";

const route = getRouteApi("/graphs/$graphId");

export type GraphOnShow = NonNullable<StudioGraphQuery["graph"]>;

export function StudioPage() {
  const { graphId } = route.useParams();
  const reading = useReading(StudioGraphDocument, { id: graphId }, { changes: ["graph"] });
  if (reading.kind === "loading") return <Loading rows={8} />;
  if (reading.kind === "failed") {
    return (
      <Failure title="The graph could not be read" onRetry={reading.again}>
        {reading.message}
      </Failure>
    );
  }
  const { graph } = reading.data;
  return graph ? <Opening key={graph.id} graph={graph} /> : <NotThere what="graph" />;
}

/** Waits for the shared document before anything can be edited. */
function Opening({ graph }: { readonly graph: GraphOnShow }) {
  const viewer = useReading(ViewerDocument, {});
  const person = viewer.kind === "ready" ? viewer.data.viewer : undefined;
  const { room, editor, state } = useRoom(graph.id, person ?? undefined);
  if (state.connection === "refused") {
    return (
      <Failure title="This graph cannot be opened">{state.refusal || "You may not see its draft."}</Failure>
    );
  }
  if (room === undefined || editor === undefined || !state.synced) {
    return state.connection === "lost" ? (
      <Failure title="The draft does not come">The server is not reachable. The page keeps trying.</Failure>
    ) : (
      <Loading rows={8} label="Opening the draft" />
    );
  }
  const mayEdit = graph.viewerMay.includes("edit");
  return (
    <ReactFlowProvider>
      <Studio graph={graph} room={room} roomState={state} editor={editor} mayEdit={mayEdit} />
    </ReactFlowProvider>
  );
}
