import { useReactFlow } from "@xyflow/react";
import { type RefObject, useCallback, useEffect, useRef } from "react";
import { boundsOfScene, type Scene } from "@/domain/scene";
import { isSameView, isSeen, openingFor, revealing, type Viewport } from "./viewport";

interface View {
  readonly scene: Scene;
  /** Changes when the graph on show is another one. */
  readonly fitKey: string;
  readonly selected: ReadonlySet<string>;
  readonly host: RefObject<HTMLDivElement | null>;
}

/**
 * Where the window stands over a graph: at its beginning once it has a size, fitted anew with the window
 * until somebody moves it, and never away from the one node that is chosen.
 */
export function useView({ scene, fitKey, selected, host }: View): void {
  const { setViewport, getViewport } = useReactFlow();
  const opened = useRef<{ readonly key: string; readonly view?: Viewport }>(undefined);
  const latest = useRef({ scene, selected });
  latest.current = { scene, selected };

  const open = useCallback(
    (key: string) => {
      const { scene } = latest.current;
      const { clientWidth = 0, clientHeight = 0 } = host.current ?? {};
      if (clientWidth === 0 || clientHeight === 0) return;
      const view = openingFor(boundsOfScene(scene), scene.nodes, clientWidth, clientHeight);
      opened.current = { key, view };
      void setViewport(view);
    },
    [host, setViewport],
  );
  /** Bring the chosen node back: whole, or only where nothing of it is seen any more. */
  const reveal = useCallback(
    (isWhole: boolean) => {
      const { scene, selected } = latest.current;
      const [id] = selected;
      const node = selected.size === 1 ? scene.nodes.find((each) => each.id === id) : undefined;
      const { clientWidth = 0, clientHeight = 0 } = host.current ?? {};
      if (node === undefined || clientWidth === 0 || clientHeight === 0) return;
      const view = getViewport();
      if (!isWhole && isSeen(view, node, clientWidth, clientHeight)) return;
      const next = revealing(view, node, clientWidth, clientHeight);
      if (next !== view) void setViewport(next);
    },
    [host, getViewport, setViewport],
  );

  useEffect(() => {
    // An empty canvas is left alone: the first node stays where it was put.
    if (scene.nodes.length === 0) opened.current = { key: fitKey };
    else if (opened.current?.key !== fitKey) open(fitKey);
  }, [scene, fitKey, open]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a move of the nodes is no reason to look elsewhere.
  useEffect(() => reveal(false), [selected, reveal]);
  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => {
      const before = opened.current;
      const isThere = latest.current.scene.nodes.length > 0;
      if (isThere && before?.key !== fitKey) open(fitKey);
      else if (before?.view !== undefined && isSameView(before.view, getViewport())) open(fitKey);
      reveal(true);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [host, fitKey, open, reveal, getViewport]);
}
