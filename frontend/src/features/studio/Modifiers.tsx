import { ActionIcon, Button, Menu, Tooltip } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { MODIFIER_ICONS } from "@/design/canvas/kinds";
import type { GraphNode } from "@/domain/graph";
import { MODIFIER_NAMES, MODIFIERS, type Modifier, mapOver, modifiersOf } from "@/domain/modifiers";
import type { Port } from "@/domain/ports";
import { ModifierFields } from "./ModifierFields";
import { useStudio } from "./studioContext";

interface ModifiersProps {
  readonly id: string;
  readonly node: GraphNode;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

const RUNNABLE: ReadonlySet<string> = new Set(["module", "layer", "graph"]);
const WAITING: ReadonlySet<string> = new Set(["wait", "signal", "approval"]);

function offered(node: GraphNode): readonly Modifier[] {
  if (RUNNABLE.has(node.kind)) return MODIFIERS;
  return WAITING.has(node.kind) ? ["when", "on_error"] : [];
}

export function isModifiable(node: GraphNode): boolean {
  return offered(node).length > 0;
}

function first(name: Modifier, inputs: readonly Port[]): unknown {
  switch (name) {
    case "when":
      return "true";
    case "map":
      return mapOver(inputs[0]?.name ?? "");
    case "repeat":
      return { until: "false", max: 10 };
    case "cache":
      return true;
    case "retry":
      return { attempts: 4 };
    case "timeout_seconds":
      return 30;
    case "placement":
      return { queue: "local" };
    case "on_error":
      return "port";
  }
}

/** What surrounds the call of a node, in the order in which it takes effect. */
export function Modifiers({ id, node, inputs, outputs }: ModifiersProps) {
  const { editor, mayEdit } = useStudio();
  const possible = offered(node);
  const present = modifiersOf(node);
  const left = possible.filter(
    (name) =>
      !present.includes(name) &&
      !(name === "repeat" && present.includes("map")) &&
      !(name === "map" && present.includes("repeat")),
  );
  if (possible.length === 0) return null;
  return (
    <section className="column tight">
      <div className="row">
        <h3>Modifiers</h3>
        {mayEdit && left.length > 0 && (
          <Menu>
            <Menu.Target>
              <Button
                className="push"
                size="compact-xs"
                variant="subtle"
                leftSection={<IconPlus size={12} />}
              >
                Add
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {left.map((name) => {
                const [Icon, words] = MODIFIER_ICONS[name];
                return (
                  <Menu.Item
                    key={name}
                    leftSection={<Icon size={14} />}
                    title={words}
                    onClick={() => editor.setModifier(id, name, first(name, inputs))}
                  >
                    {MODIFIER_NAMES[name]}
                  </Menu.Item>
                );
              })}
            </Menu.Dropdown>
          </Menu>
        )}
      </div>
      {present.length === 0 && (
        <p className="small muted">None: it runs once, whenever its inputs are there.</p>
      )}
      {present.map((name) => {
        const [Icon, words] = MODIFIER_ICONS[name];
        return (
          <div key={name} className="modifier">
            <div className="row tight">
              <Icon size={14} aria-hidden />
              <strong title={words}>{MODIFIER_NAMES[name]}</strong>
              {mayEdit && (
                <Tooltip label="Remove">
                  <ActionIcon
                    className="push"
                    size={24}
                    aria-label={`Remove ${MODIFIER_NAMES[name]}`}
                    onClick={() => editor.setModifier(id, name, undefined)}
                  >
                    <IconX size={14} />
                  </ActionIcon>
                </Tooltip>
              )}
            </div>
            <ModifierFields
              name={name}
              value={node[name]}
              inputs={inputs}
              outputs={outputs}
              disabled={!mayEdit}
              onChange={(value) => editor.setModifier(id, name, value)}
            />
          </div>
        );
      })}
    </section>
  );
}
