import { useComputedColorScheme } from "@mantine/core";
import { useStore } from "@xyflow/react";
import { useEffect, useRef } from "react";
import type { Scene } from "@/domain/scene";
import { paint, readInk } from "./paint";
import type { StatusStore } from "./statusStore";

/** Below this zoom text cannot be read, and one canvas element is far cheaper than the nodes. */
export const FAR_ZOOM = 0.3;
/** As many real nodes cost little at any zoom, and even tiny they show what they are. */
export const FEW_NODES = 100;

interface FarViewProps {
  readonly scene: Scene;
  readonly statuses: StatusStore | undefined;
  readonly prefix: string;
  readonly selected: ReadonlySet<string>;
}

/** A canvas element keeps its paint when the colours of the page change: another one takes its place. */
export function FarView(props: FarViewProps) {
  const scheme = useComputedColorScheme("light", { getInitialValueInEffect: false });
  return <Drawing key={scheme} {...props} />;
}

function Drawing({ scene, statuses, prefix, selected }: FarViewProps) {
  const element = useRef<HTMLCanvasElement>(null);
  const transform = useStore((store) => store.transform);
  const width = useStore((store) => store.width);
  const height = useStore((store) => store.height);

  useEffect(() => {
    const canvas = element.current;
    const context = canvas?.getContext("2d");
    if (canvas === null || context === null || context === undefined) return;
    const ratio = window.devicePixelRatio;
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    const ink = readInk(canvas);
    const draw = () => {
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      const stateOf = (id: string) => statuses?.get(prefix + id)?.state;
      paint(context, { scene, ink, stateOf, selected, transform, width, height });
    };
    draw();
    return statuses?.subscribeAll(draw);
  }, [scene, statuses, prefix, selected, transform, width, height]);

  return <canvas ref={element} className="canvas-far" style={{ width, height }} />;
}
