import { ActionIcon } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { Tabs } from "@/design/Tabs";
import { History } from "./History";
import { Problems } from "./Problems";
import { useStudio } from "./studioContext";
import type { Panel } from "./useStudioSearch";

export function Drawer({ panel }: { readonly panel: Panel }) {
  const { set, check } = useStudio();
  return (
    <section className="drawer" aria-label="Drawer">
      <div className="drawer-head">
        <Tabs
          label="Drawer"
          tabs={[
            { id: "problems", label: "Problems", count: check.problems.length + check.broken.length },
            { id: "history", label: "Revisions" },
          ]}
          current={panel}
          onChange={(next) => set({ panel: next })}
        />
        <ActionIcon aria-label="Close the drawer" onClick={() => set({ panel: undefined })}>
          <IconX size={16} />
        </ActionIcon>
      </div>
      <div className="drawer-body">{panel === "problems" ? <Problems /> : <History />}</div>
    </section>
  );
}
