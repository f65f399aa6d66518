import {
  IconArrowBarRight,
  IconArrowBarToRight,
  IconArrowsSplit,
  IconBox,
  IconBroadcast,
  IconClock,
  IconDatabase,
  IconFilter,
  IconHash,
  IconHierarchy2,
  IconHourglass,
  IconMapPin,
  IconRefresh,
  IconRepeat,
  IconShieldHalf,
  IconStack2,
  IconUserCheck,
  type TablerIcon,
} from "@tabler/icons-react";
import type { NodeKind } from "@/domain/graph";
import type { Modifier } from "@/domain/modifiers";

export const KIND_ICONS: Readonly<Record<NodeKind, TablerIcon>> = {
  module: IconBox,
  layer: IconStack2,
  graph: IconHierarchy2,
  input: IconArrowBarRight,
  output: IconArrowBarToRight,
  constant: IconHash,
  wait: IconHourglass,
  signal: IconBroadcast,
  approval: IconUserCheck,
};

export const MODIFIER_ICONS: Readonly<Record<Modifier, readonly [TablerIcon, string]>> = {
  when: [IconFilter, "Runs only when a condition holds"],
  map: [IconArrowsSplit, "Runs once for each item"],
  repeat: [IconRepeat, "Repeats until a condition holds"],
  cache: [IconDatabase, "Reuses earlier results"],
  retry: [IconRefresh, "Retries after a failure"],
  timeout_seconds: [IconClock, "Has its own time limit"],
  placement: [IconMapPin, "Runs in a chosen place"],
  on_error: [IconShieldHalf, "Handles its errors"],
};
