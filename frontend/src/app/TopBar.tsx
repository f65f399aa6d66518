import {
  ActionIcon,
  Avatar,
  Menu,
  Select,
  Tooltip,
  UnstyledButton,
  useMantineColorScheme,
} from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { IconLogout, IconMoon, IconSearch, IconSettings, IconSun } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { useConnection } from "@/api/socket";
import { ConnectionState } from "@/design/ConnectionState";
import { initials } from "@/domain/words";
import { useGlobalKeys } from "./keys";
import { useSignOut } from "./useSignOut";

const Palette = lazy(() => import("./Palette").then(({ Palette }) => ({ default: Palette })));

interface TopBarProps {
  readonly viewer: { readonly name: string; readonly email: string };
  readonly environments: readonly string[];
}

export function TopBar({ viewer, environments }: TopBarProps) {
  const [searching, setSearching] = useState(false);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const freshness = useConnection();
  useGlobalKeys({ onSearch: () => setSearching(true) });
  const dark =
    colorScheme === "dark" || (colorScheme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  return (
    <header className="top-bar">
      <EnvironmentChoice environments={environments} />
      <UnstyledButton
        className="top-search"
        onClick={() => setSearching(true)}
        aria-keyshortcuts="Control+K Meta+K"
      >
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
        <ViewerMenu viewer={viewer} />
      </div>
      <Suspense>{searching && <Palette onClose={() => setSearching(false)} />}</Suspense>
    </header>
  );
}

function EnvironmentChoice({ environments }: { readonly environments: readonly string[] }) {
  const [chosen, setChosen] = useLocalStorage({ key: "lamina-environment", defaultValue: "" });
  const value = environments.includes(chosen) ? chosen : (environments[0] ?? null);
  return (
    <Select
      aria-label="Environment in which runs start"
      className="top-environment"
      data={[...environments]}
      value={value}
      onChange={(next) => setChosen(next ?? "")}
      disabled={environments.length < 2}
    />
  );
}

function ViewerMenu({ viewer }: { readonly viewer: TopBarProps["viewer"] }) {
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
