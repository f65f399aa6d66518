import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconLayoutDistributeHorizontal } from "@tabler/icons-react";
import { useState } from "react";
import { CanvasTools } from "@/design/canvas/CanvasTools";
import type { Layouting } from "./layout";
import { useStudio } from "./studioContext";

export function LayoutButton() {
  const { scene, editor, mayEdit } = useStudio();
  const [working, setWorking] = useState<Layouting>();
  const start = async () => {
    const { layOut } = await import("./layout");
    const next = layOut(scene);
    setWorking(next);
    try {
      editor.move(await next.positions);
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
