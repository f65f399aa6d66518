/** Which files somebody has looked at. A tick holds for a file's content: when that changes, it is gone. */

import { browserStore } from "./browserStore";

interface FileAt {
  readonly path: string;
  readonly change: string;
  readonly digest?: string | null | undefined;
}

export type Ticks = Readonly<Record<string, string>>;

const REMOVED = "removed";

function contentOf(file: FileAt): string {
  return file.digest ?? REMOVED;
}

export function isViewed(ticks: Ticks, file: FileAt): boolean {
  return ticks[file.path] === contentOf(file);
}

export function ticked(ticks: Ticks, file: FileAt): Ticks {
  const { [file.path]: _before, ...others } = ticks;
  return isViewed(ticks, file) ? others : { ...others, [file.path]: contentOf(file) };
}

/** Files that changed first, each group by path. */
export function orderedFiles<File extends FileAt>(files: readonly File[]): File[] {
  return [...files].sort(
    (a, b) => Number(a.change === "equal") - Number(b.change === "equal") || a.path.localeCompare(b.path),
  );
}

const seen = browserStore<Ticks>("lamina-viewed-", {});

export function useTicks(review: string): readonly [Ticks, (file: FileAt) => void] {
  return [seen.use(review), (file) => seen.change(review, (before) => ticked(before, file))];
}
