import { TextInput } from "@mantine/core";
import { nodesIn } from "@/domain/annotations";
import { countText } from "@/domain/words";
import { CommandList } from "./CommandList";
import { useStudio } from "./studioContext";
import { TintField } from "./TintField";

export function GroupInspector({ id }: { readonly id: string }) {
  const { draft, scene, editor, mayEdit, set } = useStudio();
  const group = draft.groups.find((each) => each.id === id);
  if (group === undefined) return null;
  const members = nodesIn(draft.groups, id).flatMap(
    (each) => scene.nodes.find((node) => node.id === each) ?? [],
  );
  return (
    <div className="inspector-part">
      <TextInput
        label="Group"
        value={group.title}
        onChange={(event) => editor.setGroup(id, { title: event.currentTarget.value })}
        disabled={!mayEdit}
        maxLength={140}
      />
      <TintField value={group.tint} onChange={(colour) => editor.setGroup(id, { colour })} />
      <div className="column tight">
        <h3>{countText(members.length, "node")}</h3>
        <ul className="member-list">
          {members.map((node) => (
            <li key={node.id}>
              <button type="button" className="ellipsis" onClick={() => set({ select: new Set([node.id]) })}>
                {node.title}
              </button>
            </li>
          ))}
        </ul>
      </div>
      {mayEdit && <CommandList without={["note", "delete", "double", "group"]} />}
      <p className="small muted">A group is for people: a run knows nothing of it.</p>
    </div>
  );
}
