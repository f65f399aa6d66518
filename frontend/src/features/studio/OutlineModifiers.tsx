import { IconAdjustments } from "@tabler/icons-react";
import { useState } from "react";
import { MODIFIER_ICONS } from "@/design/canvas/kinds";
import { modifiersOf, modifierText } from "@/domain/modifiers";
import type { SceneNode } from "@/domain/scene";
import { isModifiable, Modifiers } from "./Modifiers";
import { useStudio } from "./studioContext";

/** What surrounds the call of a node, in words; opened, the same forms as beside the canvas. */
export function OutlineModifiers({ node }: { readonly node: SceneNode }) {
  const { draft } = useStudio();
  const [isOpen, setOpen] = useState(false);
  const graphNode = draft.body.nodes[node.id];
  if (graphNode === undefined || !isModifiable(graphNode)) return null;
  const present = modifiersOf(graphNode);
  return (
    <div className="outline-modifiers">
      <div className="row tight wrap">
        <button
          type="button"
          className="tag"
          aria-expanded={isOpen}
          aria-label={`Modifiers of ${node.title}`}
          onClick={() => setOpen(!isOpen)}
        >
          <IconAdjustments size={12} aria-hidden /> Modifiers
        </button>
        {present.map((name) => {
          const [Icon, words] = MODIFIER_ICONS[name];
          return (
            <span key={name} className="tag" title={words}>
              <Icon size={12} aria-hidden />
              <span className="ellipsis">{modifierText(name, graphNode[name])}</span>
            </span>
          );
        })}
      </div>
      {isOpen && <Modifiers id={node.id} node={graphNode} inputs={node.inputs} outputs={node.outputs} />}
    </div>
  );
}
