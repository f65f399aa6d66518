import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";

const SRC = join(import.meta.dirname, "../src");
const MOST_LINES = 250;
/** Larger for a reason, and this list may only shrink. */
const LARGER: Readonly<Record<string, string>> = {
  "domain/journal.ts": "one fold, read beside the server's",
};
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  domain: ["domain"],
  api: ["api", "domain"],
  design: ["design", "domain"],
  features: ["api", "design", "domain"],
  app: ["app", "features", "api", "design", "domain"],
};

interface Source {
  readonly path: string;
  readonly text: string;
}

function sources(folder = SRC): Source[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "generated" ? [] : sources(path);
    return /\.tsx?$/.test(entry.name)
      ? [{ path: relative(SRC, path), text: readFileSync(path, "utf8") }]
      : [];
  });
}

const all = sources();

function imports({ text }: Source): string[] {
  return [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(([, name]) => name ?? "");
}

/** The module that an import means, as a path below src; undefined for a package. */
function target(source: Source, name: string): string | undefined {
  if (name.startsWith("@/")) return name.slice(2);
  return name.startsWith(".") ? relative(SRC, join(SRC, source.path, "..", name)) : undefined;
}

describe("the front end's house", () => {
  it("is found", () => expect(all.length).toBeGreaterThan(100));

  it.each(all.map((source) => [source.path, source] as const))(
    "%s imports only what its layer may",
    (path, source) => {
      const [layer = "", feature] = path.split("/");
      for (const name of imports(source)) {
        const to = target(source, name);
        if (to === undefined) {
          if (layer === "domain")
            expect(name, "domain knows no React").not.toMatch(/^react|urql|@mantine|@tanstack/);
          continue;
        }
        const [other = "", otherFeature] = to.split("/");
        if (layer === "features" && other === "features")
          expect(otherFeature, `${path} → ${to}`).toBe(feature);
        else if (layer in ALLOWED) expect(ALLOWED[layer], `${path} → ${to}`).toContain(other);
      }
    },
  );

  it("has no large files", () => {
    const large = all.filter(({ path, text }) => text.split("\n").length > MOST_LINES && !(path in LARGER));
    expect(large.map(({ path }) => path)).toEqual([]);
  });

  it("keeps colours in the tokens", () => {
    const raw = all.filter(
      ({ path, text }) => path.endsWith(".tsx") && /["'(]#[0-9a-fA-F]{3,8}\b/.test(text),
    );
    expect(raw.map(({ path }) => path)).toEqual([]);
  });
});
