import { ActionIcon, TextInput, Tooltip } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import {
  IconLayoutSidebarLeftCollapse,
  IconLayoutSidebarLeftExpand,
  IconSearch,
  IconX,
} from "@tabler/icons-react";
import { useReactFlow } from "@xyflow/react";
import { type DragEvent, useState } from "react";
import { KIND_ICONS } from "@/design/canvas/kinds";
import { Loading } from "@/design/Message";
import { PortGlyph } from "@/design/PortGlyph";
import { textAt } from "@/domain/json";
import { freeSpot } from "@/domain/placing";
import { contractPorts } from "@/domain/ports";
import { nodeHeight, snap } from "@/domain/scene";
import { useStudio } from "./studioContext";
import { type Addition, portsOfAddition } from "./templates";
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

/** Add to the middle of what is seen, where nothing stands yet. */
function useAdd() {
  const { editor, parent, welcome, scene } = useStudio();
  const { screenToFlowPosition } = useReactFlow();
  return (addition: Addition) => {
    const box = document.querySelector(".studio-centre")?.getBoundingClientRect();
    const middle = screenToFlowPosition({
      x: (box?.left ?? 0) + (box?.width ?? 0) / 2 - 108,
      y: (box?.top ?? 0) + (box?.height ?? 0) / 3,
    });
    const height = nodeHeight(portsOfAddition(addition));
    const at = freeSpot([snap(middle.x), snap(middle.y)], height, scene.nodes);
    welcome(editor.addNode(addition.node, at, parent), addition);
  };
}

function OpenPalette({ onHide }: { readonly onHide: () => void }) {
  const [text, setText] = useState("");
  const { offers, isLoading, failed } = useOffers(text);
  const add = useAdd();
  const additions = offers.map(({ addition }) => addition);
  const blocks = additions.filter(({ contract }) => contract === undefined);
  const modules = additions.filter(({ contract }) => contract !== undefined);
  return (
    <aside className="palette" aria-label="Palette">
      <div className="row tight">
        <TextInput
          className="grow"
          aria-label="Search the palette"
          placeholder="Search"
          leftSection={<IconSearch size={14} />}
          rightSection={
            text !== "" && (
              <ActionIcon size={24} aria-label="Clear the search" onClick={() => setText("")}>
                <IconX size={14} />
              </ActionIcon>
            )
          }
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Escape" || text === "") return;
            event.stopPropagation();
            setText("");
          }}
        />
        <Tooltip label="Hide the palette">
          <ActionIcon aria-label="Hide the palette" onClick={onHide}>
            <IconLayoutSidebarLeftCollapse size={16} />
          </ActionIcon>
        </Tooltip>
      </div>
      <div className="palette-list">
        {failed !== undefined && <p className="small run-error">{failed}</p>}
        {!isLoading && offers.length === 0 && (
          <p className="palette-hint small muted">Nothing has this name or does this.</p>
        )}
        {blocks.length > 0 && (
          <section className="palette-blocks" aria-label="Built in">
            {blocks.map((addition) => (
              <Block key={addition.key} addition={addition} onAdd={() => add(addition)} />
            ))}
          </section>
        )}
        {isLoading && <Loading rows={8} label="Reading the modules" />}
        {modules.map((addition) => (
          <Module key={addition.key} addition={addition} onAdd={() => add(addition)} />
        ))}
      </div>
      <p className="palette-hint small muted">
        Drag one in, or press <kbd className="key">N</kbd> anywhere on the canvas.
      </p>
    </aside>
  );
}

interface EntryProps {
  readonly addition: Addition;
  readonly onAdd: () => void;
}

function draggable(addition: Addition) {
  return {
    draggable: true,
    onDragStart: (event: DragEvent) => {
      dragged = addition;
      event.dataTransfer.setData(DRAG_TYPE, addition.key);
      event.dataTransfer.effectAllowed = "copy";
    },
  };
}

function Block({ addition, onAdd }: EntryProps) {
  const Icon = KIND_ICONS[addition.kind];
  return (
    <button
      type="button"
      className="palette-block"
      {...draggable(addition)}
      onClick={onAdd}
      title={addition.detail}
    >
      <Icon size={14} stroke={1.75} aria-hidden />
      <span className="ellipsis">{addition.title}</span>
    </button>
  );
}

function Module({ addition, onAdd }: EntryProps) {
  const Icon = KIND_ICONS[addition.kind];
  const glyphs = (direction: "in" | "out") =>
    contractPorts(addition.contract, direction)
      .slice(0, 3)
      .map((port) => <PortGlyph key={port.name} kind={port.kind} size={10} />);
  return (
    <button
      type="button"
      className="palette-item"
      {...draggable(addition)}
      onClick={onAdd}
      title={`${addition.title} ${textAt(addition.node, "pin") ?? ""}\n${addition.detail}`}
    >
      <Icon size={16} stroke={1.75} aria-hidden />
      <span className="grow">
        <span className="palette-name">
          <span className="ellipsis">{addition.title.split("/").at(-1)}</span>
          <span className="palette-ports push" aria-hidden="true">
            {glyphs("in")}
            <span>→</span>
            {glyphs("out")}
          </span>
        </span>
        <span className="palette-summary small muted">
          <span className="mono">{textAt(addition.node, "pin")}</span> {addition.detail}
        </span>
      </span>
    </button>
  );
}
