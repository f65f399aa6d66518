/** The inputs of many runs as people write them down: an object on each line, or an array of objects. */

import { isObject, type JsonObject, jsonTrouble, parseJson } from "./json";
import { placeText } from "./pointer";
import { kindOfValue, type Port } from "./ports";

export const MOST_RUNS = 1000;

export interface Fault {
  /** Counted from 1; undefined where it is not known. */
  readonly line: number | undefined;
  readonly message: string;
}

export interface RunList {
  readonly items: readonly { readonly line: number; readonly inputs: JsonObject }[];
  readonly faults: readonly Fault[];
}

type Read =
  | { readonly line: number; readonly value: unknown; readonly trouble?: undefined }
  | { readonly line: number | undefined; readonly trouble: string };

/** What can be told here of each line; the server has the last word. */
export function readRunList(text: string, ports: readonly Port[]): RunList {
  const items: { line: number; inputs: JsonObject }[] = [];
  const faults: Fault[] = [];
  for (const read of text.trimStart().startsWith("[") ? ofArray(text) : ofLines(text)) {
    if (read.trouble !== undefined) {
      faults.push({ line: read.line, message: read.trouble });
      continue;
    }
    const { line, value } = read;
    if (!isObject(value)) faults.push({ line, message: "Write an object: names and values in braces." });
    else {
      items.push({ line, inputs: value });
      faults.push(...misfits(value, ports).map((message) => ({ line, message })));
    }
  }
  const first = items[MOST_RUNS];
  if (first !== undefined) {
    const message = `Here begins run ${MOST_RUNS + 1} of ${items.length}; ${MOST_RUNS} may be started at once.`;
    faults.push({ line: first.line, message });
  }
  return { items, faults };
}

function ofLines(text: string): readonly Read[] {
  return text
    .split("\n")
    .map((line, place) => ({ line: place + 1, text: line.trim() }))
    .filter(({ text }) => text !== "")
    .map(({ line, text }) => ({ ...readAt(line, text), line }));
}

function ofArray(text: string): readonly Read[] {
  const items = itemsOf(text);
  const whole = readAt(1, text);
  if (whole.trouble === undefined) {
    const values: readonly unknown[] = Array.isArray(whole.value) ? whole.value : [whole.value];
    return values.map((value, place) => ({ line: items[place]?.line ?? 1, value }));
  }
  if (whole.line !== undefined) return [whole];
  const wrong = items.find((item) => readAt(item.line, item.text).trouble !== undefined);
  return [{ line: wrong?.line, trouble: whole.trouble }];
}

/** `line` is that of a value; that of a trouble is counted in the text. */
function readAt(line: number, text: string): Read {
  try {
    return { line, value: parseJson(text) };
  } catch (error) {
    const { line, message } = jsonTrouble(error, text);
    return { line, trouble: message };
  }
}

/** The items of an array and where they begin; of one that is broken, as far as brackets and commas tell. */
function itemsOf(text: string): readonly { readonly line: number; readonly text: string }[] {
  const items: { line: number; text: string }[] = [];
  let begun: { readonly line: number; readonly at: number } | undefined;
  let line = 1;
  let depth = 0;
  let isQuoted = false;
  const end = (at: number) => {
    items.push({ line: begun?.line ?? line, text: text.slice(begun?.at ?? at, at) });
    begun = undefined;
  };
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] ?? "";
    if (sign === "\n") line += 1;
    if (isQuoted) {
      if (sign === "\\") at += 1;
      else if (sign === '"') isQuoted = false;
    } else if (sign > " ") {
      if (depth === 1 && (sign === "," || sign === "]")) {
        if (sign === "," || begun !== undefined || items.length > 0) end(at);
      } else if (depth === 1) begun ??= { line, at };
      if (sign === '"') isQuoted = true;
      else if (sign === "{" || sign === "[") depth += 1;
      else if (sign === "}" || sign === "]") depth -= 1;
    }
  }
  if (begun !== undefined) end(text.length);
  return items;
}

function misfits(inputs: JsonObject, ports: readonly Port[]): readonly string[] {
  const names = new Set(ports.map(({ name }) => name));
  const unknown = Object.keys(inputs).filter((name) => !names.has(name));
  return [
    ...unknown.map((name) => `There is no input ${name}. There are: ${[...names].join(", ")}.`),
    ...ports.flatMap((port) => misfit(inputs, port)),
  ];
}

const JUDGED: ReadonlySet<string> = new Set(["string", "number", "boolean", "object", "list"]);

function misfit(inputs: JsonObject, { name, kind, type, required }: Port): readonly string[] {
  if (!Object.hasOwn(inputs, name)) return required ? [`${name} is missing.`] : [];
  const found = kindOfValue(inputs[name]);
  const isFit = found === kind || found === "any" || !JUDGED.has(kind);
  return isFit ? [] : [`${name} takes ${type}, not ${found}.`];
}

interface Refusal {
  readonly path: string;
  readonly message: string;
}

/** The refusals of the server: those of an item at its line, and the others. */
export function refusedAt<R extends Refusal>(refusals: readonly R[], list: RunList) {
  const faults: Fault[] = [];
  const others: R[] = [];
  for (const refusal of refusals) {
    const [, place, rest] = /^\/each\/(\d+)(\/.*)?$/.exec(refusal.path) ?? [];
    const item = place === undefined ? undefined : list.items[Number(place)];
    if (item === undefined) others.push(refusal);
    else {
      const where = rest === undefined ? "" : `${placeText(rest)}: `;
      faults.push({ line: item.line, message: `${where}${refusal.message}` });
    }
  }
  return { faults, others };
}
