import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconLayoutDistributeHorizontal, IconNote } from "@tabler/icons-react";
import { useReactFlow, useStore } from "@xyflow/react";
import { useState } from "react";
import { CanvasTools } from "@/design/canvas/CanvasTools";
import { openingFor } from "@/design/canvas/viewport";
import type { Position } from "@/domain/graph";
import { boundsOf, snap } from "@/domain/scene";
import { commandsFor } from "./commands";
import type { Layouting } from "./layout";
import { useStudio } from "./studioContext";

function NoteButton() {
  const { screenToFlowPosition } = useReactFlow();
  const studio = useStudio();
  const add = () => {
    const box = document.querySelector(".studio-centre")?.getBoundingClientRect();
    const { x, y } = screenToFlowPosition({
      x: (box?.left ?? 0) + (box?.width ?? 0) / 2 - 100,
      y: (box?.top ?? 0) + 64,
    });
    commandsFor(studio, [snap(x), snap(y)])
      .find(({ key }) => key === "note")
      ?.act();
  };
  return (
    <Tooltip label="Add a note (Shift N)">
      <ActionIcon aria-label="Add a note" onClick={add}>
        <IconNote size={16} />
      </ActionIcon>
    </Tooltip>
  );
}

export function LayoutButton() {
  const { scene, editor, mayEdit } = useStudio();
  const [working, setWorking] = useState<Layouting>();
  const { setViewport } = useReactFlow();
  const width = useStore((store) => store.width);
  const height = useStore((store) => store.height);
  const show = (positions: ReadonlyMap<string, Position>) => {
    const nodes = scene.nodes.map((node) => ({ ...node, at: positions.get(node.id) ?? node.at }));
    void setViewport(openingFor(boundsOf(nodes), nodes, width, height));
  };
  const start = async () => {
    const { layOut } = await import("./layout");
    const next = layOut(scene);
    setWorking(next);
    try {
      const positions = await next.positions;
      editor.move(positions);
      show(positions);
    } catch {
      notifications.show({
        color: "red",
        title: "No layout was found",
        message: "The graph stays as it is.",
      });
    }
    setWorking(undefined);
  };
  return (
    <CanvasTools scene={scene}>
      {mayEdit && <NoteButton />}
      {mayEdit && working === undefined && (
        <Tooltip label="Lay out by layers">
          <ActionIcon
            aria-label="Lay out by layers"
            onClick={() => void start()}
            disabled={scene.nodes.length < 2}
          >
            <IconLayoutDistributeHorizontal size={16} />
          </ActionIcon>
        </Tooltip>
      )}
      {working !== undefined && (
        <Button
          size="compact-xs"
          variant="subtle"
          onClick={() => {
            working.stop();
            setWorking(undefined);
          }}
        >
          Laying out… Stop
        </Button>
      )}
    </CanvasTools>
  );
}
