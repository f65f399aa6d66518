import { ViewportPortal } from "@xyflow/react";
import type { Room } from "./room";
import { useStudio } from "./studioContext";
import { usePeople } from "./usePeople";

/** Who else has something selected, drawn around it. */
export function PeopleMarks({ room }: { readonly room: Room }) {
  const people = usePeople(room);
  const { scene } = useStudio();
  const byId = new Map(scene.nodes.map((node) => [node.id, node]));
  return (
    <ViewportPortal>
      {people.flatMap(({ client, name, tint, selected }) =>
        selected.flatMap((id) => {
          const node = byId.get(id);
          if (node === undefined) return [];
          return (
            <div
              key={`${client} ${id}`}
              className="person-mark"
              style={{
                transform: `translate(${node.at[0] - 3}px, ${node.at[1] - 3}px)`,
                width: node.width + 6,
                height: node.height + 6,
                borderColor: tint,
              }}
            >
              <span style={{ background: tint }}>{name}</span>
            </div>
          );
        }),
      )}
    </ViewportPortal>
  );
}
