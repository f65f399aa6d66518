import {
  ActionIcon,
  Avatar,
  Menu,
  Select,
  Tooltip,
  UnstyledButton,
  useMantineColorScheme,
} from "@mantine/core";
import { IconLogout, IconMoon, IconSearch, IconSettings, IconSun } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useEnvironment, useViewer } from "@/api/signedIn";
import { useConnection } from "@/api/socket";
import { ConnectionState } from "@/design/ConnectionState";
import { initials } from "@/domain/words";
import { useSignOut } from "./useSignOut";

export function TopBar({ onSearch }: { readonly onSearch: () => void }) {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const freshness = useConnection();
  const dark =
    colorScheme === "dark" || (colorScheme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  return (
    <header className="top-bar">
      <EnvironmentChoice />
      <UnstyledButton className="top-search" onClick={onSearch} aria-keyshortcuts="Control+K Meta+K">
        <IconSearch size={14} aria-hidden />
        <span className="grow">Search or jump to…</span>
        <kbd className="key">{navigator.platform.startsWith("Mac") ? "⌘" : "Ctrl"} K</kbd>
      </UnstyledButton>
      <div className="row push">
        <ConnectionState freshness={freshness} />
        <Tooltip label={dark ? "Light theme" : "Dark theme"}>
          <ActionIcon
            aria-label={dark ? "Use the light theme" : "Use the dark theme"}
            onClick={() => setColorScheme(dark ? "light" : "dark")}
          >
            {dark ? <IconSun size={16} /> : <IconMoon size={16} />}
          </ActionIcon>
        </Tooltip>
        <ViewerMenu />
      </div>
    </header>
  );
}

function EnvironmentChoice() {
  const { environments, environment, choose } = useEnvironment();
  return (
    <Select
      aria-label="Environment in which runs start"
      className="top-environment"
      data={[...environments]}
      value={environment}
      onChange={(next) => choose(next ?? "")}
      disabled={environments.length < 2}
    />
  );
}

function ViewerMenu() {
  const viewer = useViewer();
  const signOut = useSignOut();
  return (
    <Menu width={220}>
      <Menu.Target>
        <ActionIcon aria-label={`${initials(viewer.name)}, account of ${viewer.name}`} radius="xl">
          <Avatar size={26} color="accent" name={viewer.name}>
            {initials(viewer.name)}
          </Avatar>
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {viewer.name}
          <br />
          {viewer.email}
        </Menu.Label>
        <Menu.Item component={Link} to="/settings" leftSection={<IconSettings size={16} />}>
          Settings
        </Menu.Item>
        <Menu.Item onClick={signOut} leftSection={<IconLogout size={16} />}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
