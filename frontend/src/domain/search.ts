/** How well something is found by words. */

interface Named {
  readonly name: string;
  readonly summary: string;
}

/** 0 for what begins so, 1 for a later part of the name, 2 for the summary; undefined for what is not found. */
export function rankOf({ name, summary }: Named, words: string): number | undefined {
  const wanted = words.trim().toLowerCase();
  const full = name.toLowerCase();
  const short = full.split("/").at(-1) ?? full;
  if (short.startsWith(wanted) || full.startsWith(wanted)) return 0;
  if (full.includes(wanted)) return 1;
  return summary.toLowerCase().includes(wanted) ? 2 : undefined;
}
