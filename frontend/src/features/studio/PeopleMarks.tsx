import { useStore, ViewportPortal } from "@xyflow/react";
import type { Scene } from "@/domain/scene";
import type { Room } from "./room";
import { useStudio } from "./studioContext";
import { usePeople } from "./usePeople";

interface PeopleMarksProps {
  readonly room: Room;
  readonly scene: Scene;
}

/** Who else is here: what they have selected, and where they point. */
export function PeopleMarks({ room, scene }: PeopleMarksProps) {
  const people = usePeople(room);
  const { parent } = useStudio();
  const zoom = useStore((store) => store.transform[2]);
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
      {people.map(({ client, name, tint, cursor }) =>
        cursor === undefined || cursor.scope !== (parent ?? "") ? null : (
          <div
            key={client}
            className="person-cursor"
            style={{
              transform: `translate(${cursor.at[0]}px, ${cursor.at[1]}px) scale(${1 / zoom})`,
              color: tint,
            }}
          >
            <svg width="14" height="18" viewBox="0 0 14 18" aria-hidden="true">
              <path d="M1 1 L1 14 L4.6 10.8 L7 16.4 L9.4 15.4 L7 10 L12 10 Z" fill="currentColor" />
            </svg>
            <span style={{ background: tint }}>{name}</span>
          </div>
        ),
      )}
    </ViewportPortal>
  );
}
