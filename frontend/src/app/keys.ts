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

interface GlobalKeys {
  readonly onSearch: () => void;
}

/** Ctrl/Cmd-K searches; "g" and then a letter goes to a place. */
export function useGlobalKeys({ onSearch }: GlobalKeys): void {
  const navigate = useNavigate();
  const chordAt = useRef(0);
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        onSearch();
        return;
      }
      if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
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
  }, [navigate, onSearch]);
}
