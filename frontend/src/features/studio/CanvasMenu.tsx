import { Menu } from "@mantine/core";
import { Fragment } from "react";
import type { Position } from "@/domain/graph";
import { commandsFor } from "./commands";
import { useStudio } from "./studioContext";

export interface MenuAt {
  readonly screen: Position;
  readonly flow: Position;
}

interface CanvasMenuProps {
  readonly at: MenuAt;
  readonly onClose: () => void;
}

/** What can be done here, beside the pointer. */
export function CanvasMenu({ at: { screen, flow }, onClose }: CanvasMenuProps) {
  const commands = commandsFor(useStudio(), flow);
  if (commands.length === 0) return null;
  return (
    <Menu opened onClose={onClose} position="bottom-start" offset={0} shadow="md" width={232}>
      <Menu.Target>
        <span className="menu-anchor" style={{ left: screen[0], top: screen[1] }} />
      </Menu.Target>
      <Menu.Dropdown>
        {commands.map(({ key, title, keys, Icon, act, part }, place) => (
          <Fragment key={key}>
            {place > 0 && commands[place - 1]?.part !== part && <Menu.Divider />}
            <Menu.Item
              leftSection={<Icon size={14} />}
              rightSection={keys && <span className="menu-keys">{keys}</span>}
              onClick={act}
            >
              {title}
            </Menu.Item>
          </Fragment>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
