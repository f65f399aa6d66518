import { Button } from "@mantine/core";
import { IconMapOff, IconSearch } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Empty } from "./Message";
import { useOpenSearch } from "./search";

const LISTS = {
  module: { to: "/catalog", label: "All modules" },
  graph: { to: "/graphs", label: "All graphs" },
  run: { to: "/runs", label: "All runs" },
  review: { to: "/reviews", label: "All reviews" },
} as const;

interface NotThereProps {
  readonly what: keyof typeof LISTS;
}

/** What an address names and this viewer does not find, with the ways on. */
export function NotThere({ what }: NotThereProps) {
  const { to, label } = LISTS[what];
  return (
    <Empty
      icon={IconMapOff}
      title={`This ${what} is not here`}
      isPage
      action={<WaysOn list={<Link to={to}>{label}</Link>} />}
    >
      It may have been deleted, or it belongs to a team that you are not in.
    </Empty>
  );
}

/** Search, and links to where one may have wanted to go. */
export function WaysOn({ list }: { readonly list?: ReactNode }) {
  const search = useOpenSearch();
  return (
    <div className="row wide ways-on">
      <Button variant="default" leftSection={<IconSearch size={14} aria-hidden />} onClick={search}>
        Search
      </Button>
      {list}
      <Link to="/">Home</Link>
    </div>
  );
}
