import { SignOutDocument } from "@/api/generated/graphql";
import { useVerb } from "@/api/useVerb";

/** End the session. A full load follows, so that nothing read before stays in memory. */
export function useSignOut(): () => void {
  const { run } = useVerb(SignOutDocument);
  return () => {
    void run({}).then(({ kind }) => {
      if (kind === "done") window.location.assign("/");
    });
  };
}
