/** What gives a graph its shape: groups and sub-graphs. */

import { notifications } from "@mantine/notifications";
import { IconBracketsContain, IconFold, IconFolders, IconLayersSubtract } from "@tabler/icons-react";
import { groupKey, parseGroups, parseKey } from "@/domain/annotations";
import { groupsOf } from "@/domain/draft";
import { extraction, type Refusal, type Rehousing } from "@/domain/extraction";
import { inlining } from "@/domain/inlining";
import { MODIFIER_NAMES } from "@/domain/modifiers";
import { ownPorts } from "@/domain/scene";
import type { Command } from "./commands";
import type { StudioContext } from "./studioContext";

export function shaping(
  { draft, editor, set, selected, parent, scene, check }: StudioContext,
  nodes: readonly string[],
  groups: readonly string[],
  holder: string | undefined,
): (Command | false)[] {
  const positions = Object.fromEntries(scene.nodes.map((node) => [node.id, node.at]));
  const carryOut = (plan: Rehousing | Refusal) => {
    if (plan.kind === "refusal") {
      notifications.show({ color: "yellow", title: "The graph stays as it is", message: plan.reason });
      return;
    }
    editor.rehouse(plan);
    set({ select: new Set(plan.chosen) });
  };
  const known = parseGroups(groupsOf(editor.doc).toJSON());
  const isFolded = known.some(({ id, isFolded }) => groups.includes(id) && isFolded);
  return [
    nodes.length + groups.length > 0 &&
      !(groups.length === 1 && nodes.length === 0) && {
        key: "group",
        title: "Group",
        keys: "Ctrl G",
        Icon: IconFolders,
        part: "shape",
        act: () => {
          const members = [...nodes, ...groups];
          set({ select: new Set([groupKey(editor.group(members, "Group"))]) });
        },
      },
    groups.length > 0 && {
      key: "fold",
      title: isFolded ? "Unfold" : "Fold",
      keys: "Ctrl .",
      Icon: IconFold,
      part: "shape",
      act: () => {
        for (const id of groups) editor.setGroup(id, { collapsed: !isFolded });
      },
    },
    groups.length > 0 && {
      key: "ungroup",
      title: "Ungroup",
      keys: "Ctrl Shift G",
      Icon: IconLayersSubtract,
      part: "shape",
      act: () => {
        for (const id of groups) editor.ungroup(id);
        set({ select: new Set([...selected].filter((key) => parseKey(key)?.kind !== "group")) });
      },
    },
    nodes.length > 0 &&
      holder === undefined && {
        key: "extract",
        title: "Make a sub-graph",
        Icon: IconBracketsContain,
        part: "shape",
        act: () =>
          carryOut(
            extraction({
              body: draft.body,
              selected: new Set(nodes),
              positions,
              ports: new Map(
                Object.entries(draft.body.nodes).map(([id, node]) => [
                  id,
                  check.ports.get(id) ?? ownPorts(node),
                ]),
              ),
              parameters: draft.parameters,
              parent,
              newId: () => crypto.randomUUID(),
            }),
          ),
      },
    holder !== undefined && {
      key: "inline",
      title: "Take the sub-graph apart",
      Icon: IconLayersSubtract,
      part: "shape",
      act: () =>
        carryOut(
          inlining({
            body: draft.body,
            id: holder,
            positions: { ...draft.positions, ...positions },
            parent,
            modifierNames: MODIFIER_NAMES,
          }),
        ),
    },
  ];
}
