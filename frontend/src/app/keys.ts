import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";

const PLACES = { h: "/", c: "/catalog", g: "/graphs", r: "/runs", v: "/reviews", s: "/settings" } as const;
const CHORD_MS = 900;

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

function isInDialog(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("[role=dialog]") !== null;
}

interface GlobalKeys {
  readonly onSearch: () => void;
  /** Somebody wants to know the keys; undefined where the page has a sheet of its own. */
  readonly onKeys: (() => void) | undefined;
}

/** Ctrl/Cmd-K searches; "?" tells the keys; "g" and then a letter goes to a place. */
export function useGlobalKeys(keys: GlobalKeys): void {
  const navigate = useNavigate();
  const chordAt = useRef(0);
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        latest.current.onSearch();
        return;
      }
      if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isInDialog(event.target)) return;
      if (event.key === "?" && latest.current.onKeys !== undefined) {
        event.preventDefault();
        latest.current.onKeys();
        return;
      }
      if (performance.now() - chordAt.current < CHORD_MS) {
        chordAt.current = 0;
        const place = PLACES[event.key as keyof typeof PLACES];
        if (place !== undefined) void navigate({ to: place });
      } else if (event.key === "g") {
        chordAt.current = performance.now();
      }
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, [navigate]);
}
