import { Button } from "@mantine/core";
import { IconRefreshAlert } from "@tabler/icons-react";
import { useRef, useState } from "react";
import { Digest } from "@/design/Digest";

/** Tells a reader that the version has got another bundle since they began to look. */
export function BundleWatch({ bundle }: { readonly bundle: string }) {
  const began = useRef(bundle);
  const [known, setKnown] = useState(bundle);
  if (known === bundle) return null;
  return (
    <div className="review-notice" role="status">
      <IconRefreshAlert size={16} aria-hidden />
      <span className="grow">
        Bundle <Digest value={bundle} /> has replaced <Digest value={began.current} /> while you looked. You
        see the new one; approvals of the old one no longer count.
      </span>
      <Button
        size="compact-xs"
        variant="default"
        onClick={() => {
          began.current = bundle;
          setKnown(bundle);
        }}
      >
        Go on with it
      </Button>
    </div>
  );
}
