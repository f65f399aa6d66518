import { useState } from "react";
import { later } from "@/design/later";
import { type Asking, useStudio } from "./studioContext";

const RunDialog = later(() => import("./RunDialog").then(({ RunDialog }) => RunDialog));
const SaveDialog = later(() => import("./SaveDialog").then(({ SaveDialog }) => SaveDialog));
const KeySheet = later(() => import("./KeySheet").then(({ KeySheet }) => KeySheet));

export const DIALOGS = [RunDialog, SaveDialog, KeySheet];

export function StudioDialogs({ asking }: { readonly asking: Asking | undefined }) {
  const { ask, mayEdit, mayRun } = useStudio();
  const [list, setList] = useState<string>();
  const close = () => ask(undefined);
  return (
    <>
      {asking?.kind === "save" && mayEdit && <SaveDialog onClose={close} />}
      {asking?.kind === "run" && mayRun && (
        <RunDialog upto={asking.upto} from={asking.from} list={list} onList={setList} onClose={close} />
      )}
      {asking?.kind === "keys" && <KeySheet onClose={close} />}
    </>
  );
}
