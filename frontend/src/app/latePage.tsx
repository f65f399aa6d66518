/**
 * A page whose code comes when it is needed.
 *
 * Owns:     the fetching of a page's code, and what stands in its place until it is there.
 * Promises: what does not come says so inside the shell, and can be asked for again.
 * Never:    leaves the application by itself: only a press on "Try again" reloads, where the server has another build.
 */

import { type ComponentType, type FunctionComponent, useEffect, useState } from "react";
import { Failure, Loading } from "@/design/Message";
import { mendStyles } from "@/design/styles";

export interface LatePage extends FunctionComponent {
  /** Have it there before it is needed. It never fails: the page itself says what is missing. */
  readonly preload: () => Promise<void>;
}

export interface Surroundings {
  readonly isServerThere: () => Promise<boolean>;
  readonly reload: () => void;
}

const BROWSER: Surroundings = {
  isServerThere: async () => {
    const answer = await fetch("/readyz", { cache: "no-store" }).catch(() => undefined);
    return answer?.ok ?? false;
  },
  reload: () => window.location.reload(),
};

export function latePage(load: () => Promise<ComponentType>, around: Surroundings = BROWSER): LatePage {
  let ready: ComponentType | undefined;
  let coming: Promise<void> | undefined;
  let hasFailed = false;
  const fetch = () => {
    coming ??= (hasFailed ? mendStyles() : Promise.resolve()).then(load).then(
      (page) => {
        ready = page;
      },
      (error: unknown) => {
        coming = undefined;
        hasFailed = true;
        throw error;
      },
    );
    return coming;
  };
  const Late = () => {
    const [tries, setTries] = useState(0);
    const [state, setState] = useState<"coming" | "failed" | "ready">("coming");
    useEffect(() => {
      if (ready !== undefined) return;
      let isGone = false;
      const say = (next: typeof state) => !isGone && setState(next);
      const fail = async () => {
        // The server answers and still does not give it: it has been updated, and so must this window be.
        const isUpdated = tries > 0 && (await around.isServerThere());
        if (!isUpdated) say("failed");
        else if (!isGone) around.reload();
      };
      fetch().then(() => say("ready"), fail);
      return () => {
        isGone = true;
      };
    }, [tries]);
    const again = () => {
      setState("coming");
      setTries(tries + 1);
    };
    const Ready = ready;
    if (Ready !== undefined) return <Ready />;
    if (state !== "failed") return <Loading rows={8} />;
    return (
      <Failure isPage title="This page could not be loaded" onRetry={again}>
        The server did not give it. Try again when the server is back.
      </Failure>
    );
  };
  return Object.assign(Late, { preload: () => fetch().catch(() => undefined) });
}

/** One after the other, when the browser has nothing better to do. */
export function fetchWhenIdle(parts: readonly (() => Promise<void>)[]): () => void {
  let isStopped = false;
  const idle = window.requestIdleCallback ?? ((call: () => void) => setTimeout(call, 200));
  const next = (place: number) => {
    const fetch = parts[place];
    if (fetch === undefined) return;
    idle(() => {
      if (!isStopped) void fetch().then(() => next(place + 1));
    });
  };
  next(0);
  return () => {
    isStopped = true;
  };
}
