import {
  IconAlertTriangle,
  IconArrowForwardUp,
  IconBan,
  IconCheck,
  IconCircle,
  IconCircleDashed,
  IconClockX,
  IconHelpCircle,
  IconHourglass,
  IconLoader2,
  IconPencil,
  IconPlayerPause,
  IconRefresh,
  IconShieldCheck,
  IconShieldX,
  IconStack2,
  IconX,
  type TablerIcon,
} from "@tabler/icons-react";
import type { Status } from "@/domain/status";

interface Appearance {
  readonly word: string;
  readonly icon: TablerIcon;
  readonly colour: string;
  readonly spins?: true;
}

/** Status is icon + word + colour, everywhere. */
export const APPEARANCE: Readonly<Record<Status, Appearance>> = {
  queued: { word: "Queued", icon: IconCircle, colour: "var(--status-queued)" },
  running: { word: "Running", icon: IconLoader2, colour: "var(--status-running)", spins: true },
  retrying: { word: "Retrying", icon: IconRefresh, colour: "var(--status-retrying)" },
  waiting: { word: "Waiting", icon: IconHourglass, colour: "var(--status-waiting)" },
  paused: { word: "Paused", icon: IconPlayerPause, colour: "var(--status-waiting)" },
  attention: { word: "Needs attention", icon: IconAlertTriangle, colour: "var(--status-failed)" },
  uncertain: { word: "Uncertain", icon: IconHelpCircle, colour: "var(--status-failed)" },
  cancelling: { word: "Cancelling", icon: IconLoader2, colour: "var(--status-skipped)", spins: true },
  quarantined: { word: "Quarantined", icon: IconShieldX, colour: "var(--status-failed)" },
  succeeded: { word: "Succeeded", icon: IconCheck, colour: "var(--status-succeeded)" },
  reused: { word: "Reused", icon: IconStack2, colour: "var(--status-cached)" },
  failed: { word: "Failed", icon: IconX, colour: "var(--status-failed)" },
  timed_out: { word: "Timed out", icon: IconClockX, colour: "var(--status-failed)" },
  skipped: { word: "Skipped", icon: IconCircleDashed, colour: "var(--status-skipped)" },
  cancelled: { word: "Cancelled", icon: IconBan, colour: "var(--status-skipped)" },
  draft: { word: "Draft", icon: IconPencil, colour: "var(--status-queued)" },
  in_review: { word: "In review", icon: IconHourglass, colour: "var(--status-waiting)" },
  open: { word: "Open", icon: IconHourglass, colour: "var(--status-waiting)" },
  approved: { word: "Approved", icon: IconShieldCheck, colour: "var(--status-running)" },
  changes_requested: { word: "Changes requested", icon: IconArrowForwardUp, colour: "var(--status-failed)" },
  withdrawn: { word: "Withdrawn", icon: IconBan, colour: "var(--status-skipped)" },
  released: { word: "Released", icon: IconCheck, colour: "var(--status-succeeded)" },
  deprecated: { word: "Deprecated", icon: IconAlertTriangle, colour: "var(--status-retrying)" },
  yanked: { word: "Yanked", icon: IconBan, colour: "var(--status-failed)" },
  passed: { word: "Passed", icon: IconCheck, colour: "var(--status-succeeded)" },
  warned: { word: "Warned", icon: IconAlertTriangle, colour: "var(--status-retrying)" },
};
