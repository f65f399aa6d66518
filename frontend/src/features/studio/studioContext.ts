import { createContext, useContext } from "react";
import type { StatusStore } from "@/design/canvas/statusStore";
import type { GraphDocument } from "@/domain/graph";
import type { Scene } from "@/domain/scene";
import type { DraftView } from "./draftStore";
import type { Editor } from "./editor";
import type { GraphOnShow } from "./StudioPage";
import type { Addition } from "./templates";
import type { Check } from "./useCheck";
import type { useStudioSearch } from "./useStudioSearch";

export type Asking =
  | { readonly kind: "save" }
  | { readonly kind: "keys" }
  /** Node paths; without them the whole graph. */
  | { readonly kind: "run"; readonly upto?: readonly string[]; readonly from?: readonly string[] };

export interface StudioContext extends ReturnType<typeof useStudioSearch> {
  readonly graph: GraphOnShow;
  readonly editor: Editor;
  readonly draft: DraftView;
  readonly document: GraphDocument;
  readonly scene: Scene;
  readonly check: Check;
  readonly mayEdit: boolean;
  readonly mayRun: boolean;
  /** The sub-graph that is entered, if any, and the path to what it holds. */
  readonly parent: string | undefined;
  readonly prefix: string;
  readonly statuses: StatusStore;
  readonly welcome: (id: string, addition: Addition) => void;
  /** Open a dialog of the studio. */
  readonly ask: (asking: Asking | undefined) => void;
}

const Context = createContext<StudioContext | undefined>(undefined);
export const StudioProvider = Context.Provider;

export function useStudio(): StudioContext {
  const context = useContext(Context);
  if (context === undefined) throw new Error("This part of the page stands outside the studio.");
  return context;
}
