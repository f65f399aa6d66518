import type { Status } from "@/domain/status";
import { APPEARANCE } from "./status";
import "./status.css";

interface StatusMarkProps {
  readonly status: Status;
  /** Leaves the word to a tooltip and to screen readers, for narrow places that already name the state. */
  readonly iconOnly?: boolean;
  readonly label?: string;
  readonly size?: number;
}

export function StatusMark({ status, iconOnly = false, label, size = 14 }: StatusMarkProps) {
  const { word, icon: Icon, colour, spins } = APPEARANCE[status];
  return (
    <span className="status-mark" style={{ color: colour }} title={iconOnly ? (label ?? word) : undefined}>
      <Icon size={size} stroke={2} aria-hidden className={spins ? "status-spin" : undefined} />
      <span className={iconOnly ? "visually-hidden" : "status-word"}>{label ?? word}</span>
    </span>
  );
}
