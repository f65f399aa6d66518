import { IconMapOff } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { Empty } from "@/design/Message";
import { WaysOn } from "@/design/NotThere";

export function NotFound() {
  return (
    <Empty
      icon={IconMapOff}
      title="Nothing stands at this address"
      isPage
      action={<WaysOn list={<Link to="/catalog">Catalog</Link>} />}
    >
      The link may be old, or what it named has been deleted.
    </Empty>
  );
}
