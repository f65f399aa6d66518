import { useEffect, useRef, useState } from "react";
import { type AdHoc, ask, follow } from "@/api/adHoc";
import type { OperationKind } from "./operations";

export type Result =
  | { readonly kind: "none" }
  | { readonly kind: "asking" }
  | { readonly kind: "problem"; readonly message: string }
  | { readonly kind: "answer"; readonly text: string; readonly took: number }
  | {
      readonly kind: "stream";
      readonly frames: readonly string[];
      readonly count: number;
      readonly isOpen: boolean;
      readonly trouble: string | undefined;
    };

const SHOWN_FRAMES = 100;
const NEW_STREAM = { kind: "stream", frames: [], count: 0, isOpen: true, trouble: undefined } as const;

interface Operating {
  readonly result: Result;
  readonly isBusy: boolean;
  readonly run: (operation: AdHoc, does: OperationKind) => void;
  readonly refuse: (message: string) => void;
  readonly stop: () => void;
}

/** Carries out one operation at a time; a new one stops the one before. */
export function useOperation(): Operating {
  const [result, setResult] = useState<Result>({ kind: "none" });
  const end = useRef<() => void>(undefined);
  const turn = useRef(0);
  useEffect(() => () => end.current?.(), []);

  const stop = () => {
    turn.current += 1;
    end.current?.();
    end.current = undefined;
    setResult((before) => {
      if (before.kind === "stream") return { ...before, isOpen: false };
      return before.kind === "asking" ? { kind: "none" } : before;
    });
  };

  const askOnce = async (operation: AdHoc, mine: number) => {
    const began = performance.now();
    const answer = await ask(operation);
    if (turn.current !== mine) return;
    const took = performance.now() - began;
    if (answer.kind === "failed") setResult({ kind: "problem", message: answer.message });
    else setResult({ kind: "answer", text: pretty(answer.body), took });
  };

  const run = (operation: AdHoc, does: OperationKind) => {
    stop();
    if (does !== "subscription") {
      setResult({ kind: "asking" });
      void askOnce(operation, turn.current);
      return;
    }
    const mine = turn.current;
    setResult(NEW_STREAM);
    end.current = follow(operation, {
      onFrame: (body) => turn.current === mine && setResult((before) => withFrame(before, body)),
      onEnd: (trouble) => turn.current === mine && setResult((before) => ended(before, trouble)),
    });
  };

  const isBusy = result.kind === "asking" || (result.kind === "stream" && result.isOpen);
  return { result, isBusy, run, stop, refuse: (message) => setResult({ kind: "problem", message }) };
}

function withFrame(before: Result, body: unknown): Result {
  if (before.kind !== "stream") return before;
  const frames = [pretty(body), ...before.frames].slice(0, SHOWN_FRAMES);
  return { ...before, frames, count: before.count + 1 };
}

function ended(before: Result, trouble: unknown): Result {
  if (before.kind !== "stream") return before;
  return { ...before, isOpen: false, trouble: trouble === undefined ? undefined : troubleText(trouble) };
}

function troubleText(trouble: unknown): string {
  if (Array.isArray(trouble))
    return trouble.map((each: { readonly message?: string }) => each.message ?? "").join(" ");
  return "The connection was closed. Run it again.";
}

function pretty(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
