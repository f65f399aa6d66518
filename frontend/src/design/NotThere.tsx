import { IconMapOff } from "@tabler/icons-react";
import { Empty } from "./Message";

export function NotThere({ what }: { readonly what: string }) {
  return (
    <Empty icon={IconMapOff} title={`This ${what} is not here`}>
      It may have been deleted, or it belongs to a team that you are not in.
    </Empty>
  );
}
