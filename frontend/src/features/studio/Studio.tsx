import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useRunFeed } from "@/api/useRunFeed";
import { createStatusStore, pathPrefix } from "@/design/canvas/statusStore";
import { Loading } from "@/design/Message";
import { contractPorts } from "@/domain/ports";
import { buildScene, type NodePorts, type Scene } from "@/domain/scene";
import { keepIdentity } from "@/domain/stable";
import { useDraft, useFrozen } from "./draftStore";
import type { Editor } from "./editor";
import { Inspector } from "./Inspector";
import { Palette } from "./Palette";
import type { Room, RoomState } from "./room";
import { StudioBar } from "./StudioBar";
import { StudioCanvas } from "./StudioCanvas";
import { StudioDialogs } from "./StudioDialogs";
import type { GraphOnShow } from "./StudioPage";
import { type Asking, StudioProvider } from "./studioContext";
import type { Addition } from "./templates";
import { useCheck } from "./useCheck";
import { useStudioSearch } from "./useStudioSearch";

const Drawer = lazy(() => import("./Drawer").then(({ Drawer }) => ({ default: Drawer })));
const Compare = lazy(() => import("./Compare").then(({ Compare }) => ({ default: Compare })));
const Outline = lazy(() => import("./Outline").then(({ Outline }) => ({ default: Outline })));

interface StudioProps {
  readonly graph: GraphOnShow;
  readonly room: Room;
  readonly roomState: RoomState;
  readonly editor: Editor;
  readonly mayEdit: boolean;
}

export function Studio({ graph, room, roomState, editor, mayEdit }: StudioProps) {
  const search = useStudioSearch();
  const { scope, selected, view, run, compare, set } = search;
  const parent = scope.at(-1);
  const draft = useDraft(editor.doc, parent);
  const document = useFrozen(editor.doc, draft.revision);
  const prefix = pathPrefix(scope);
  const check = useCheck(document, prefix);
  const [fresh, setFresh] = useState<ReadonlyMap<string, NodePorts>>(new Map());
  const scene = useScene(draft, check, fresh);
  const [asking, ask] = useState<Asking>();
  const live = useRunFeed(run);
  const [statuses] = useState(() => createStatusStore());
  useEffect(() => statuses.replace(live.view?.nodes ?? {}), [statuses, live.view]);
  useEffect(() => room.awareness.setLocalStateField("selected", [...selected]), [room, selected]);

  /** A new node shows the ports of its contract at once; the server's answer replaces them. */
  const welcome = useCallback(
    (id: string, addition: Addition) => {
      if (addition.contract !== undefined) {
        const ports = {
          inputs: contractPorts(addition.contract, "in"),
          outputs: contractPorts(addition.contract, "out"),
        };
        setFresh((before) => new Map(before).set(id, ports));
      }
      set({ select: new Set([id]) });
    },
    [set],
  );
  const context = useMemo(
    () => ({
      graph,
      editor,
      draft,
      document,
      scene,
      check,
      mayEdit,
      parent,
      prefix,
      statuses,
      welcome,
      ask,
      ...search,
    }),
    [graph, editor, draft, document, scene, check, mayEdit, parent, prefix, statuses, welcome, search],
  );
  return (
    <StudioProvider value={context}>
      <div className="studio">
        <StudioBar room={room} roomState={roomState} live={live} />
        <div className="studio-body">
          {mayEdit && compare === undefined && <Palette />}
          <div className="studio-centre">
            {compare !== undefined ? (
              <Suspense fallback={<Loading rows={8} />}>
                <Compare sides={compare} />
              </Suspense>
            ) : view === "canvas" ? (
              <StudioCanvas room={room} />
            ) : (
              <Suspense fallback={<Loading rows={8} />}>
                <Outline />
              </Suspense>
            )}
            <Suspense>{search.panel !== undefined && <Drawer panel={search.panel} />}</Suspense>
          </div>
          {compare === undefined && <Inspector live={live} />}
        </div>
        <StudioDialogs asking={asking} />
      </div>
    </StudioProvider>
  );
}

function useScene(
  draft: ReturnType<typeof useDraft>,
  check: ReturnType<typeof useCheck>,
  fresh: ReadonlyMap<string, NodePorts>,
): Scene {
  const last = useRef<Scene>(undefined);
  return useMemo(() => {
    const ports = new Map([...fresh, ...check.ports]);
    const scene = buildScene({
      body: draft.body,
      positions: draft.positions,
      ports,
      verdicts: check.verdicts,
      problems: check.firstProblems,
      pins: draft.pins,
      groups: draft.groups,
      notes: draft.notes,
    });
    last.current = keepIdentity(last.current, scene);
    return last.current;
  }, [draft, check, fresh]);
}
