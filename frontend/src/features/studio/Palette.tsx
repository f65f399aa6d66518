import { ActionIcon, TextInput, Tooltip } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand, IconSearch } from "@tabler/icons-react";
import { useReactFlow } from "@xyflow/react";
import { useState } from "react";
import { KIND_ICONS } from "@/design/canvas/kinds";
import { PortGlyph } from "@/design/PortGlyph";
import { textAt } from "@/domain/json";
import { contractPorts } from "@/domain/ports";
import { snap } from "@/domain/scene";
import { useStudio } from "./studioContext";
import type { Addition } from "./templates";
import { useOffers } from "./useOffers";

export const DRAG_TYPE = "application/x-lamina-addition";

/** What a drag carries; a browser keeps it only as text, so the last one is remembered here. */
let dragged: Addition | undefined;

export function takeDragged(): Addition | undefined {
  const taken = dragged;
  dragged = undefined;
  return taken;
}

const WIDE = 1180;

/** What can be added. On a narrow window it is out of the way until somebody wants it. */
export function Palette() {
  const [isOpen, setOpen] = useLocalStorage({
    key: "lamina-palette",
    defaultValue: window.innerWidth >= WIDE,
    getInitialValueInEffect: false,
  });
  if (isOpen) return <OpenPalette onHide={() => setOpen(false)} />;
  return (
    <div className="palette-strip">
      <Tooltip label="Show the palette" position="right">
        <ActionIcon aria-label="Show the palette" onClick={() => setOpen(true)}>
          <IconLayoutSidebarLeftExpand size={16} />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}

function OpenPalette({ onHide }: { readonly onHide: () => void }) {
  const [text, setText] = useState("");
  const { offers, isLoading, failed } = useOffers(text);
  const { editor, parent, welcome } = useStudio();
  const { screenToFlowPosition } = useReactFlow();
  const add = (addition: Addition) => {
    const box = document.querySelector(".studio-centre")?.getBoundingClientRect();
    const middle = screenToFlowPosition({
      x: (box?.left ?? 0) + (box?.width ?? 0) / 2 - 108,
      y: (box?.top ?? 0) + (box?.height ?? 0) / 3,
    });
    welcome(editor.addNode(addition.node, [snap(middle.x), snap(middle.y)], parent), addition);
  };
  return (
    <aside className="palette" aria-label="Palette">
      <div className="row tight">
        <TextInput
          className="grow"
          aria-label="Search the palette"
          placeholder="Search modules"
          leftSection={<IconSearch size={14} />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Tooltip label="Hide the palette">
          <ActionIcon aria-label="Hide the palette" onClick={onHide}>
            <IconLayoutSidebarLeftCollapse size={16} />
          </ActionIcon>
        </Tooltip>
      </div>
      <div className="palette-list">
        {failed !== undefined && <p className="small run-error">{failed}</p>}
        {!isLoading && offers.length === 0 && <p className="small muted">Nothing has this name.</p>}
        {offers.map(({ addition }) => (
          <PaletteItem key={addition.key} addition={addition} onAdd={() => add(addition)} />
        ))}
      </div>
      <p className="palette-hint small muted">
        Drag one in, or press <kbd className="key">N</kbd> anywhere on the canvas.
      </p>
    </aside>
  );
}

function PaletteItem({ addition, onAdd }: { readonly addition: Addition; readonly onAdd: () => void }) {
  const Icon = KIND_ICONS[addition.kind];
  const glyphs = (direction: "in" | "out") =>
    contractPorts(addition.contract, direction)
      .slice(0, 3)
      .map((port) => <PortGlyph key={port.name} kind={port.kind} size={10} />);
  return (
    <button
      type="button"
      className="palette-item"
      draggable
      onDragStart={(event) => {
        dragged = addition;
        event.dataTransfer.setData(DRAG_TYPE, addition.key);
        event.dataTransfer.effectAllowed = "copy";
      }}
      onClick={onAdd}
      title={addition.detail}
    >
      <Icon size={16} stroke={1.75} aria-hidden />
      <span className="grow">
        <span className="palette-name">
          <span className="ellipsis">{addition.title.split("/").at(-1)}</span>
          <span className="mono muted">{textAt(addition.node, "pin")}</span>
        </span>
        <span className="palette-second">
          <span className="small muted ellipsis grow">{addition.detail}</span>
          {addition.contract !== undefined && (
            <span className="palette-ports" aria-hidden="true">
              {glyphs("in")}
              <span>→</span>
              {glyphs("out")}
            </span>
          )}
        </span>
      </span>
    </button>
  );
}
