import { Tooltip } from "@mantine/core";
import {
  IconActivity,
  IconApi,
  IconChecklist,
  IconHome,
  IconPackages,
  IconSettings,
  IconSitemap,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { Mark } from "@/design/Mark";

const PLACES = [
  { to: "/", label: "Home", icon: IconHome },
  { to: "/catalog", label: "Catalog", icon: IconPackages },
  { to: "/graphs", label: "Graphs", icon: IconSitemap },
  { to: "/runs", label: "Runs", icon: IconActivity },
  { to: "/reviews", label: "Reviews", icon: IconChecklist },
] as const;

const LOWER = [
  { to: "/explorer", label: "API explorer", icon: IconApi },
  { to: "/settings", label: "Settings", icon: IconSettings },
] as const;

export function Rail({ compact }: { readonly compact: boolean }) {
  return (
    <nav className="rail" aria-label="Main">
      <Link to="/" className="rail-brand" aria-label="Lamina, home">
        <Mark size={24} />
        {!compact && <span>Lamina</span>}
      </Link>
      {PLACES.map((place) => (
        <RailLink key={place.to} {...place} compact={compact} />
      ))}
      <span className="rail-gap" />
      {LOWER.map((place) => (
        <RailLink key={place.to} {...place} compact={compact} />
      ))}
    </nav>
  );
}

interface RailLinkProps {
  readonly to: (typeof PLACES)[number]["to"] | (typeof LOWER)[number]["to"];
  readonly label: string;
  readonly icon: (typeof PLACES)[number]["icon"];
  readonly compact: boolean;
}

function RailLink({ to, label, icon: Icon, compact }: RailLinkProps) {
  return (
    <Tooltip label={label} position="right" disabled={!compact}>
      <Link
        to={to}
        className="rail-link"
        activeOptions={{ exact: to === "/" }}
        activeProps={{ className: "rail-link rail-active", "aria-current": "page" }}
      >
        <Icon size={18} stroke={1.75} aria-hidden />
        <span className={compact ? "visually-hidden" : undefined}>{label}</span>
      </Link>
    </Tooltip>
  );
}
