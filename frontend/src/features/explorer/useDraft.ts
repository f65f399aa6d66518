import { useRef, useState } from "react";
import { type Draft, EXAMPLES, exampleOf } from "./examples";
import { operationAt, readVariables } from "./operations";
import { keepPast, type Past, readPast, remembered } from "./past";
import { type Result, useOperation } from "./useOperation";

interface Drafting extends Draft {
  /** Which text the editors began with; another number is another text. */
  readonly shown: number;
  readonly result: Result;
  readonly isBusy: boolean;
  readonly past: readonly Past[];
  readonly edit: (query: string, cursor: number) => void;
  readonly editVariables: (variables: string) => void;
  readonly take: (draft: Draft) => void;
  readonly run: () => void;
  readonly stop: () => void;
  readonly forget: () => void;
}

/** What is being written, and carrying it out. */
export function useDraft(example: string | undefined): Drafting {
  const [past, setPast] = useState(readPast);
  const [start, setStart] = useState<Draft>(() => exampleOf(example) ?? past[0] ?? EXAMPLES[0]);
  const [shown, setShown] = useState(0);
  const now = useRef({ ...start, cursor: 0 });
  const { result, isBusy, run, stop, refuse } = useOperation();

  const take = (draft: Draft) => {
    now.current = { query: draft.query, variables: draft.variables, cursor: 0 };
    setStart(draft);
    setShown((before) => before + 1);
  };

  const carryOut = () => {
    const { query, variables, cursor } = now.current;
    const operation = operationAt(query, cursor);
    if (operation.kind === "problem") return refuse(operation.message);
    const given = readVariables(variables);
    if (given.kind === "problem") return refuse(given.message);
    run({ query, variables: given.value, operationName: operation.name }, operation.does);
    const name = operation.name ?? operation.does;
    const next = remembered(past, { query, variables, name, at: Date.now() });
    keepPast(next);
    setPast(next);
  };

  return {
    query: start.query,
    variables: start.variables,
    shown,
    result,
    isBusy,
    past,
    edit: (query, cursor) => {
      now.current = { ...now.current, query, cursor };
    },
    editVariables: (variables) => {
      now.current = { ...now.current, variables };
    },
    take,
    run: carryOut,
    stop,
    forget: () => {
      keepPast([]);
      setPast([]);
    },
  };
}
