import { lazy, Suspense } from "react";
import { type Asking, useStudio } from "./studioContext";

const RunDialog = lazy(() => import("./RunDialog").then(({ RunDialog }) => ({ default: RunDialog })));
const SaveDialog = lazy(() => import("./SaveDialog").then(({ SaveDialog }) => ({ default: SaveDialog })));
const KeySheet = lazy(() => import("./KeySheet").then(({ KeySheet }) => ({ default: KeySheet })));

export function StudioDialogs({ asking }: { readonly asking: Asking | undefined }) {
  const { ask, mayEdit } = useStudio();
  const close = () => ask(undefined);
  return (
    <Suspense>
      {asking?.kind === "save" && mayEdit && <SaveDialog onClose={close} />}
      {asking?.kind === "run" && <RunDialog upto={asking.upto} from={asking.from} onClose={close} />}
      {asking?.kind === "keys" && <KeySheet onClose={close} />}
    </Suspense>
  );
}
