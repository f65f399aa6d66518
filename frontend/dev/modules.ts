/** Modules for looking at the screens without a server. */

const text = { media: "json", schema: { type: "string" } };
const rows = { media: "json", schema: { type: "array", items: { type: "object" } } };
const number = { media: "json", schema: { type: "number" } };
const table = (...names: string[]) => ({ media: "table", columns: names.map((name) => ({ name, type: "utf8" })) });

interface Sketch {
  name: string;
  version: string;
  summary: string;
  tags: string[];
  in: Record<string, object>;
  out: Record<string, object>;
  config?: object;
  runtime?: string;
  state?: string;
  effects?: object;
}

const sketches: Sketch[] = [
  {
    name: "lamina/csv-read",
    version: "1.2.0",
    summary: "Reads rows from CSV text, with types per column.",
    tags: ["table", "read"],
    in: { text },
    out: { rows, problems: { media: "json", schema: { type: "array", items: { type: "string" } } } },
    config: {
      type: "object",
      properties: {
        delimiter: { type: "string", title: "Delimiter", default: ",", maxLength: 1, description: "One character between two cells." },
        header: { type: "boolean", title: "First line is a header", default: true },
        skip: { type: "integer", title: "Lines to skip", minimum: 0, default: 0 },
      },
      additionalProperties: false,
    },
  },
  {
    name: "lamina/filter-rows",
    version: "1.1.0",
    summary: "Keeps the rows for which a condition holds.",
    tags: ["table"],
    in: { rows },
    out: { rows, dropped: { media: "json", schema: { type: "integer", minimum: 0 } } },
    config: {
      type: "object",
      properties: {
        column: { type: "string", title: "Column" },
        operator: { enum: ["equals", "contains", "above", "below"], title: "Operator", default: "equals" },
        value: { type: "string", title: "Value" },
        columns: { type: "array", title: "Keep only", items: { type: "string" }, default: [] },
      },
      required: ["column", "value"],
      additionalProperties: false,
    },
  },
  { name: "lamina/group-aggregate", version: "2.0.1", summary: "Groups rows and computes sums, means and counts.", tags: ["table"], in: { rows }, out: { groups: rows } },
  { name: "lamina/sort-rows", version: "1.0.3", summary: "Sorts rows by one or more columns.", tags: ["table"], in: { rows }, out: { rows } },
  { name: "lamina/join-rows", version: "1.0.0", summary: "Joins two lists of rows by a key.", tags: ["table"], in: { left: rows, right: rows }, out: { rows } },
  { name: "lamina/column-statistics", version: "1.0.0", summary: "Minimum, maximum, mean and distinct values of every column.", tags: ["table", "numbers"], in: { rows }, out: { statistics: { media: "json", schema: { type: "object" } }, mean: number } },
  { name: "lamina/chart-svg", version: "1.3.0", summary: "Draws a bar or line chart of rows as SVG.", tags: ["report"], in: { rows, title: { ...text, default: "" } }, out: { svg: text } },
  { name: "lamina/render-report", version: "1.0.2", summary: "Fills a report template with values and pictures.", tags: ["report", "text"], in: { chart: { ...text, cardinality: "optional" }, statistics: { media: "json", schema: { type: "object" } } }, out: { html: text } },
  { name: "lamina/log-parse", version: "1.0.0", summary: "Reads web server log lines into rows.", tags: ["text", "read"], in: { text }, out: { rows } },
  { name: "lamina/split-text", version: "1.0.0", summary: "Splits text into lines, paragraphs or sentences.", tags: ["text"], in: { text }, out: { parts: { media: "json", schema: { type: "array", items: { type: "string" } } } } },
  { name: "lamina/word-count", version: "1.2.0", summary: "Counts the words of a text.", tags: ["text"], in: { text }, out: { counts: { media: "json", schema: { type: "object", additionalProperties: { type: "integer", minimum: 1 } } }, mean_length: number } },
  { name: "lamina/http-fetch", version: "1.0.1", summary: "Fetches one address by way of the host's egress client.", tags: ["network"], in: { url: text }, out: { body: text, status: { media: "json", schema: { type: "integer" } } }, effects: { kind: "idempotent" } },
  { name: "data-team/score-leads", version: "0.4.0", summary: "Scores sales leads with a small linear model.", tags: ["numbers"], in: { leads: table("email", "company", "visits"), weights: { media: "binary", type: "application/octet-stream" } }, out: { scored: table("email", "score"), ok: { media: "json", schema: { type: "boolean" } } }, state: "IN_REVIEW" },
  { name: "data-team/rank", version: "1.0.0", summary: "Ranks words by how often they occur. In WebAssembly.", tags: ["text"], in: { counts: { media: "json", schema: { type: "object", additionalProperties: { type: "integer" } } } }, out: { ranking: { media: "json", schema: { type: "array", items: { type: "string" } } } }, runtime: "wasm" },
];

const digest = (seed: string) => {
  let hash = 0x811c9dc5;
  let out = "";
  for (let round = 0; out.length < 64; round += 1) {
    for (const char of seed + String(round)) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193) >>> 0;
    out += hash.toString(16).padStart(8, "0");
  }
  return `sha256:${out.slice(0, 64)}`;
};

export const id = (type: string, key: string) => Buffer.from(`${type}:${key}`).toString("base64");

const source = (name: string) => `"""${name}: what it says in the summary."""

from collections.abc import Iterable


def run(inputs, context):
    rows = list(inputs["rows"])
    context.log("read", rows=len(rows))
    kept = [row for row in rows if matches(row, context.config)]
    return {"rows": kept, "dropped": len(rows) - len(kept)}


def matches(row: dict, config: dict) -> bool:
    value = row.get(config["column"])
    return str(value) == config["value"]
`;

export function makeModules(team: object, user: object, other: object) {
  return sketches.map((sketch) => {
    const module: Record<string, unknown> = {
      __typename: "Module",
      id: id("Module", sketch.name),
      name: sketch.name,
      summary: sketch.summary,
      owner: sketch.name.startsWith("lamina/") ? team : other,
      tags: sketch.tags,
      runtime: sketch.runtime ?? "python",
      dependants: [],
    };
    const [major = "1"] = sketch.version.split(".");
    const numbers = [sketch.version, `${major}.0.0`, "0.9.0"].filter((each, place, all) => all.indexOf(each) === place);
    const versions = numbers.map((version, place) => makeVersion(sketch, module, version, place, user));
    module["versions"] = versions;
    module["latest"] = versions[0];
    return module;
  });
}

function makeVersion(sketch: Sketch, module: object, version: string, place: number, user: object) {
  const files = ["module.toml", "contract.json", "README.md", "run.py", "examples/short.json"];
  const effects = sketch.effects ?? { kind: "pure", deterministic: true };
  const contract = {
    format: "lamina/contract@1",
    ports: { in: sketch.in, out: sketch.out },
    config: sketch.config ?? { type: "object", properties: { limit: { type: "integer", title: "Limit", minimum: 1, default: 100 } }, additionalProperties: false },
    errors: { bad_row: { retryable: false, doc: "A row cannot be read.", schema: { type: "object", properties: { line: { type: "integer" } } } } },
    effects,
    capabilities: sketch.tags.includes("network") ? { network: ["example.org:443"] } : {},
    limits: { wall_seconds: 30, cpu_seconds: 30, memory_bytes: 268435456, output_bytes: 16777216 },
  };
  return {
    __typename: "ModuleVersion",
    id: id("ModuleVersion", `${sketch.name}@${version}`),
    module,
    version,
    bundle: digest(sketch.name + version),
    contractDigest: digest(`c${sketch.name}${version}`),
    state: place === 0 ? (sketch.state ?? "RELEASED") : place === 1 ? "RELEASED" : "DEPRECATED",
    contract,
    manifest: { name: sketch.name, version, licence: "Apache-2.0", tags: sketch.tags, entry: "run.py:run", effects },
    readme: `# ${sketch.name.split("/")[1]}\n\n${sketch.summary}\n\n## When to use it\n\n- on lists of any length up to **16 MiB**\n- before a chart or a report\n\n\`\`\`python\nrows = context.config["column"]\n\`\`\`\n`,
    files: files.map((path) => ({ path, bytes: 400 + path.length * 31, digest: digest(path) })),
    file: ({ path }: { path: string }) =>
      path.endsWith(".py") ? source(sketch.name) : path.endsWith("contract.json") ? JSON.stringify(contract, null, 1) : `# ${path}\nname = "${sketch.name}"\nversion = "${version}"\n`,
    examples: [{ name: "short", document: { format: "lamina/example@1", inputs: Object.fromEntries(Object.entries(sketch.in).map(([port]) => [port, port === "text" ? "a,b\n1,2" : [{ a: 1, b: 2 }]])), outputs: {} } }],
    publishedAt: new Date(Date.now() - 86400e3 * (place * 30 + 3)).toISOString(),
    publishedBy: user,
    releasedAt: place === 0 && sketch.state ? null : new Date(Date.now() - 86400e3 * (place * 30 + 2)).toISOString(),
    strategies: ["process"],
    runtime: sketch.runtime ?? "python",
    bump: place < 2 ? { level: place === 0 ? "minor" : "major", previous: "0.9.0", reasons: [{ level: "minor", path: "/ports/out/dropped", message: "The output port dropped was added.", witness: null }], needsAttestation: false } : null,
    review: null,
    successor: place === 2 ? sketch.name : null,
    dependants: [],
    checks: [
      { name: "schema tier", result: "passed", detail: "Every port is decided completely.", at: new Date().toISOString() },
      { name: "examples", result: "passed", detail: "1 of 1 example gave its outputs.", at: new Date().toISOString() },
    ],
  };
}
export { digest };
