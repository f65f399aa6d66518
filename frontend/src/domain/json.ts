/** Narrowing of JSON that comes from elsewhere. */

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function objectAt(value: unknown, key: string): JsonObject {
  const found = isObject(value) ? value[key] : undefined;
  return isObject(found) ? found : {};
}

export function textAt(value: unknown, key: string): string | undefined {
  const found = isObject(value) ? value[key] : undefined;
  return typeof found === "string" ? found : undefined;
}

export function numberAt(value: unknown, key: string): number | undefined {
  const found = isObject(value) ? value[key] : undefined;
  return typeof found === "number" ? found : undefined;
}

export function listAt(value: unknown, key: string): readonly unknown[] {
  const found = isObject(value) ? value[key] : undefined;
  return Array.isArray(found) ? found : [];
}

/** Equal as JSON, whatever the order of keys. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, place) => sameJson(item, b[place]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && sameJson(a[key], b[key]));
}

/** What a text says as JSON. Throws where it is none, and for a number that would arrive as null. */
export function parseJson(text: string): unknown {
  // To look at each value takes several times as long, and few texts can hold such a number.
  return JSON.parse(text, /[eE]\+?\d|\d{309}/.test(text) ? requireFinite : undefined);
}

function requireFinite(key: string, value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value))
    throw new RangeError(`${key === "" ? "The number" : `The number at ${key}`} is too large to be sent.`);
  return value;
}

/** What a text says as JSON; undefined where it is none. */
export function readJson(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/** Why `parseJson` refused a text, as a sentence, and in which of its lines, where that was said. */
export function jsonTrouble(
  error: unknown,
  text: string,
): { readonly line: number | undefined; readonly message: string } {
  const reason = error instanceof Error ? error.message : "";
  if (error instanceof RangeError) return { line: undefined, message: reason };
  // Some browsers repeat the whole text behind the reason, and some count its lines.
  const said = reason.replace(/, (\.\.\.)?".*$/s, "").replace(/ \(line \d+ column \d+\)$/, "");
  return { line: lineSaid(reason, text), message: `This is not JSON${said === "" ? "" : `: ${said}`}.` };
}

function lineSaid(reason: string, text: string): number | undefined {
  const position = / at position (\d+)/.exec(reason)?.[1];
  if (position !== undefined) return text.slice(0, Number(position)).split("\n").length;
  const line = /line (\d+) column/.exec(reason)?.[1];
  return line === undefined ? undefined : Number(line);
}

/** One line of JSON, cut for a label. */
export function brief(value: unknown, limit = 80): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > limit ? `${text.slice(0, limit - 1)}…` : text;
}
