import { UnstyledButton } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconLoader2 } from "@tabler/icons-react";
import { countText } from "@/domain/words";
import { useStudio } from "./studioContext";

export function ProblemCount() {
  const { check, panel, set, scene } = useStudio();
  const toggle = () => set({ panel: panel === "problems" ? undefined : "problems" });
  const count = check.problems.length + check.broken.length;
  // Until the first answer nobody knows; later the last one stands while the next is awaited.
  const isUnknown = check.isChecking && check.ports.size === 0 && scene.nodes.length > 0;
  return (
    <UnstyledButton
      className={`problem-count${count > 0 ? " problem-count-some" : ""}`}
      aria-pressed={panel === "problems"}
      onClick={toggle}
    >
      {check.isChecking ? (
        <IconLoader2 size={14} className="status-spin" aria-hidden />
      ) : count > 0 ? (
        <IconAlertTriangle size={14} aria-hidden />
      ) : (
        <IconCheck size={14} aria-hidden />
      )}
      {check.failed !== undefined
        ? "Not checked"
        : count > 0
          ? countText(count, "problem")
          : isUnknown
            ? "Checking…"
            : "No problems"}
    </UnstyledButton>
  );
}
