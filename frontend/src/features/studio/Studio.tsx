import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useRunFeed } from "@/api/useRunFeed";
import { createStatusStore, pathPrefix } from "@/design/canvas/statusStore";
import { later } from "@/design/later";
import { Loading } from "@/design/Message";
import { buildScene, type NodePorts, type Scene } from "@/domain/scene";
import { keepIdentity } from "@/domain/stable";
import { useDraft, useFrozen } from "./draftStore";
import type { Editor } from "./editor";
import { INSPECTORS, Inspector } from "./Inspector";
import { LeaveGuard } from "./LeaveGuard";
import { ConfigForm, JsonEditor } from "./laterForms";
import { Palette } from "./Palette";
import type { Room, RoomState } from "./room";
import { StudioBar } from "./StudioBar";
import { CanvasMenu, StudioCanvas } from "./StudioCanvas";
import { DIALOGS, StudioDialogs } from "./StudioDialogs";
import type { GraphOnShow } from "./StudioPage";
import { type Asking, StudioProvider } from "./studioContext";
import { type Addition, portsOfAddition } from "./templates";
import { useCheck } from "./useCheck";
import { useStudioSearch } from "./useStudioSearch";

const Drawer = later(() => import("./Drawer").then(({ Drawer }) => Drawer));
const Compare = later(() => import("./Compare").then(({ Compare }) => Compare), <Loading rows={8} />);
const Outline = later(() => import("./Outline").then(({ Outline }) => Outline), <Loading rows={8} />);

/** Once the graph is there, the rest is fetched, so that it can be edited on when the server is away. */
const IDLE_MS = 1500;
const PARTS = [...INSPECTORS, ...DIALOGS, CanvasMenu, Drawer, Outline, ConfigForm, JsonEditor];

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
  useEffect(() => {
    const idle = setTimeout(() => {
      for (const part of PARTS) part.fetch();
    }, IDLE_MS);
    return () => clearTimeout(idle);
  }, []);
  useEffect(() => editor.setSpare(new Map(scene.nodes.map(({ id, at }) => [id, at]))), [editor, scene]);
  const live = useRunFeed(run);
  const [statuses] = useState(() => createStatusStore());
  useEffect(() => statuses.replace(live.view?.nodes ?? {}), [statuses, live.view]);
  useEffect(() => room.awareness.setLocalStateField("selected", [...selected]), [room, selected]);

  /** A new node shows the ports of its contract at once; the server's answer replaces them. */
  const welcome = useCallback(
    (id: string, addition: Addition) => {
      if (addition.contract !== undefined) {
        setFresh((before) => new Map(before).set(id, portsOfAddition(addition)));
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
      mayRun: graph.viewerMay.includes("run"),
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
              <Compare sides={compare} />
            ) : view === "canvas" ? (
              <StudioCanvas room={room} />
            ) : (
              <Outline />
            )}
            {search.panel !== undefined && <Drawer panel={search.panel} />}
          </div>
          {compare === undefined && <Inspector live={live} />}
        </div>
        <StudioDialogs asking={asking} />
        <LeaveGuard room={room} />
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
