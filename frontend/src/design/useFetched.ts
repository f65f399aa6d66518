import { useEffect, useState } from "react";

export type Fetched<Content> =
  | { readonly kind: "loading" }
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "ready"; readonly content: Content };

/** Something behind a door of the server that is no GraphQL; without an address nothing is asked for. */
export function useFetched<Content>(
  address: string | undefined,
  read: (answer: Response) => Promise<Content>,
): Fetched<Content> {
  const [fetched, setFetched] = useState<Fetched<Content> & { readonly address?: string }>({
    kind: "loading",
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: how it is read does not change.
  useEffect(() => {
    if (address === undefined) return;
    const stop = new AbortController();
    const get = async (): Promise<Fetched<Content>> => {
      const answer = await fetch(address, { credentials: "same-origin", signal: stop.signal });
      if (answer.ok) return { kind: "ready", content: await read(answer) };
      const message = answer.status === 410 ? "It is no longer kept." : "The server did not give it.";
      return { kind: "failed", message };
    };
    get()
      .catch((): Fetched<Content> => ({ kind: "failed", message: "The server is not reachable." }))
      .then((next) => !stop.signal.aborted && setFetched({ ...next, address }));
    return () => stop.abort();
  }, [address]);
  return fetched.address === address ? fetched : { kind: "loading" };
}
