import { ActionIcon, Tooltip } from "@mantine/core";
import { IconMaximize, IconMinus, IconPlus } from "@tabler/icons-react";
import { useReactFlow, useStore } from "@xyflow/react";
import type { ReactNode } from "react";
import { boundsOfScene, type Scene } from "@/domain/scene";
import { viewportFor } from "./viewport";

const STEP = { duration: 120 };

export function CanvasTools({ scene, children }: { readonly scene: Scene; readonly children?: ReactNode }) {
  const { zoomIn, zoomOut, setViewport } = useReactFlow();
  const width = useStore((store) => store.width);
  const height = useStore((store) => store.height);
  const zoom = useStore((store) => Math.round(store.transform[2] * 100));
  const fit = () => void setViewport(viewportFor(boundsOfScene(scene), width, height), STEP);
  return (
    <div className="canvas-tools">
      <Tooltip label="Zoom out">
        <ActionIcon aria-label="Zoom out" onClick={() => void zoomOut(STEP)}>
          <IconMinus size={16} />
        </ActionIcon>
      </Tooltip>
      <span className="canvas-zoom small muted">{zoom} %</span>
      <Tooltip label="Zoom in">
        <ActionIcon aria-label="Zoom in" onClick={() => void zoomIn(STEP)}>
          <IconPlus size={16} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Show the whole graph">
        <ActionIcon aria-label="Show the whole graph" onClick={fit}>
          <IconMaximize size={16} />
        </ActionIcon>
      </Tooltip>
      {children}
    </div>
  );
}
