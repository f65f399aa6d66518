import { IconMapOff } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { Empty } from "@/design/Message";

export function NotFound() {
  return (
    <Empty icon={IconMapOff} title="Nothing stands at this address" action={<Link to="/">Go to Home</Link>}>
      The link may be old, or what it named has been deleted.
    </Empty>
  );
}
