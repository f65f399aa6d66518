import { Button } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import type { RunView } from "@/domain/journal";
import { rootFailure } from "@/domain/timeline";
import { countText } from "@/domain/words";
import { useTitleOf } from "./runTitles";
import { useRunSearch } from "./useRunSearch";

/** What broke first, told apart from what it kept from running. */
export function RootFailureCard({ view }: { readonly view: RunView }) {
  const { set } = useRunSearch();
  const titleOf = useTitleOf();
  const root = rootFailure(view);
  const error = root?.view.error ?? view.error;
  if (error === undefined) return null;
  const after = [
    root !== undefined && root.skipped > 0 && `${countText(root.skipped, "node")} skipped`,
    root !== undefined && root.cancelled > 0 && `${countText(root.cancelled, "node")} cancelled`,
  ].filter((part) => typeof part === "string");
  return (
    <section className="root-failure" aria-label="Root failure">
      <IconX size={18} aria-hidden />
      <div className="grow">
        <div className="row wrap">
          {root !== undefined && <strong title={root.node}>{titleOf(root.node)}</strong>}
          <span className="tag mono">{error.name}</span>
          {root?.view.attempt !== undefined && root.view.attempt > 1 && (
            <span className="muted small">after {root.view.attempt} attempts</span>
          )}
        </div>
        <p>{error.message}</p>
        {after.length > 0 && <p className="small muted">Because of it: {after.join(", ")}.</p>}
      </div>
      {root !== undefined && (
        <Button variant="default" onClick={() => set({ node: root.node, index: "", tab: "data" })}>
          Look at its data
        </Button>
      )}
    </section>
  );
}
