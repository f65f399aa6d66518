import { useEffect, useRef } from "react";

interface FileKeys {
  readonly onStep: (by: number) => void;
  readonly onTick: () => void;
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

/** n and p go through the files, m marks one as viewed. */
export function useFileKeys(keys: FileKeys): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "n") latest.current.onStep(1);
      else if (event.key === "p") latest.current.onStep(-1);
      else if (event.key === "m") latest.current.onTick();
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);
}
