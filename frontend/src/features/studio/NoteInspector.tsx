import { Select, Textarea } from "@mantine/core";
import { CommandList } from "./CommandList";
import { useStudio } from "./studioContext";
import { TintField } from "./TintField";

export function NoteInspector({ id }: { readonly id: string }) {
  const { draft, scene, editor, mayEdit, parent } = useStudio();
  const note = draft.notes.find((each) => each.id === id);
  if (note === undefined) return null;
  return (
    <div className="inspector-part">
      <Textarea
        label="Note"
        value={note.text}
        onChange={(event) => editor.setNote(id, { text: event.currentTarget.value })}
        disabled={!mayEdit}
        autosize
        minRows={3}
        maxRows={16}
      />
      <TintField value={note.tint} onChange={(colour) => editor.setNote(id, { colour })} />
      <Select
        label="Stands at"
        description="It moves with that node, and goes with it."
        data={scene.nodes.map((node) => ({ value: node.id, label: node.title }))}
        value={note.anchor === "" ? null : note.anchor}
        placeholder="no node"
        onChange={(anchor) => editor.setNote(id, { anchor: anchor ?? "" })}
        disabled={!mayEdit}
        clearable={parent === undefined}
        searchable
      />
      {mayEdit && <CommandList without={["note", "double", "group"]} />}
    </div>
  );
}
