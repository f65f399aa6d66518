import { useComputedColorScheme } from "@mantine/core";
import { useReactFlow, useStore } from "@xyflow/react";
import { type PointerEvent, useEffect, useRef } from "react";
import { type Box, boundsOfScene, type Scene } from "@/domain/scene";
import { paint, readInk } from "./paint";
import type { StatusStore } from "./statusStore";
import { viewportFor } from "./viewport";

const WIDTH = 176;
const HEIGHT = 112;
/** How many times its own size the canvas must have: on a smaller one it would lie on the nodes. */
const LEAST_ROOM = 24;
/** All of it, however large it is. */
const WHOLE = { margin: 12, least: 0 };
const NONE: ReadonlySet<string> = new Set();

/** Whether the map would say nothing that the view does not. */
function isAllSeen(
  box: Box,
  [x, y, zoom]: readonly [number, number, number],
  width: number,
  height: number,
): boolean {
  return (
    box.x * zoom + x >= 0 &&
    box.y * zoom + y >= 0 &&
    (box.x + box.width) * zoom + x <= width &&
    (box.y + box.height) * zoom + y <= height
  );
}

interface OverviewMapProps {
  readonly scene: Scene;
  readonly statuses: StatusStore | undefined;
  readonly prefix: string;
}

/** The whole graph in a corner. A press moves the view there. */
export function OverviewMap(props: OverviewMapProps) {
  const transform = useStore((store) => store.transform);
  const width = useStore((store) => store.width);
  const height = useStore((store) => store.height);
  // As the far view does, it takes another canvas element when the colours of the page change.
  const scheme = useComputedColorScheme("light", { getInitialValueInEffect: false });
  const isCramped = width * height < WIDTH * HEIGHT * LEAST_ROOM;
  return isCramped || isAllSeen(boundsOfScene(props.scene), transform, width, height) ? null : (
    <CornerMap key={scheme} {...props} />
  );
}

function CornerMap({ scene, statuses, prefix }: OverviewMapProps) {
  const element = useRef<HTMLCanvasElement>(null);
  const [x, y, zoom] = useStore((store) => store.transform);
  const width = useStore((store) => store.width);
  const height = useStore((store) => store.height);
  const { setCenter } = useReactFlow();
  const view = viewportFor(boundsOfScene(scene), WIDTH, HEIGHT, WHOLE);

  useEffect(() => {
    const canvas = element.current;
    const context = canvas?.getContext("2d");
    if (canvas === null || context === null || context === undefined) return;
    const ratio = window.devicePixelRatio;
    canvas.width = WIDTH * ratio;
    canvas.height = HEIGHT * ratio;
    const ink = readInk(canvas);
    const fit = viewportFor(boundsOfScene(scene), WIDTH, HEIGHT, WHOLE);
    const draw = () => {
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      const stateOf = (id: string) => statuses?.get(prefix + id)?.state;
      const transform = [fit.x, fit.y, fit.zoom] as const;
      paint(context, { scene, ink, stateOf, selected: NONE, transform, width: WIDTH, height: HEIGHT });
    };
    draw();
    return statuses?.subscribeAll(draw);
  }, [scene, statuses, prefix]);

  const go = (event: PointerEvent<HTMLDivElement>) => {
    if (event.buttons !== 1) return;
    const box = event.currentTarget.getBoundingClientRect();
    const at = [event.clientX - box.left, event.clientY - box.top] as const;
    void setCenter((at[0] - view.x) / view.zoom, (at[1] - view.y) / view.zoom, { zoom });
  };
  return (
    <div className="overview-map" onPointerDown={go} onPointerMove={go} title="Overview: press to move there">
      <canvas ref={element} style={{ width: WIDTH, height: HEIGHT }} />
      <span
        className="overview-window"
        style={{
          left: (-x / zoom) * view.zoom + view.x,
          top: (-y / zoom) * view.zoom + view.y,
          width: (width / zoom) * view.zoom,
          height: (height / zoom) * view.zoom,
        }}
      />
    </div>
  );
}
