/** Graphs for looking at the screens without a server. */

const module = (name: string, pin: string, more: object = {}) => ({ kind: "module", module: name, pin, ...more });
const textPort = { media: "json", schema: { type: "string", examples: ["a,b\n1,2\n3,4"] } };

export const electricity = {
  format: "lamina/graph@1",
  title: "Electricity report",
  doc: "Reads a year of meter values, groups them by month and draws a report.",
  nodes: {
    meter: { kind: "input", name: "meter", port: textPort },
    read: module("lamina/csv-read", "^1.2.0", { config: { delimiter: "," } }),
    keep: module("lamina/filter-rows", "^1.1.0", { config: { column: "kind", value: "day", operator: "equals" }, when: "true" }),
    month: module("lamina/group-aggregate", "^2.0.0", { title: "By month" }),
    order: module("lamina/sort-rows", "^1.0.0"),
    stats: module("lamina/column-statistics", "^1.0.0"),
    chart: module("lamina/chart-svg", "^1.3.0", { map: { over: "rows", concurrency: 4 }, retry: { attempts: 2 } }),
    report: module("lamina/render-report", "^1.0.0"),
    ok: { kind: "approval", who: { teams: ["lamina"] }, prompt: "Send this report to everybody?", deadline_seconds: 3600 },
    out: { kind: "output", name: "report" },
  },
  edges: {
    "meter:value>read:text": {},
    "read:rows>keep:rows": {},
    "keep:rows>month:rows": {},
    "keep:rows>stats:rows": {},
    "month:groups>order:rows": {},
    "order:rows>chart:rows": {},
    "chart:svg>report:chart": {},
    "stats:statistics>report:statistics": {},
    "report:html>ok:value": {},
    "report:html>out:value": {},
  },
  layout: {
    positions: {
      meter: [0, 96], read: [280, 80], keep: [560, 80], month: [840, 0], stats: [840, 200], order: [1120, 0],
      chart: [1400, 0], report: [1680, 120], ok: [1960, 40], out: [1960, 200],
    },
  },
};

export const logs = {
  format: "lamina/graph@1",
  title: "Access log, errors per page",
  doc: "Finds the pages that answer with errors most often.",
  nodes: {
    log: { kind: "input", name: "log", port: textPort },
    parse: module("lamina/log-parse", "^1.0.0"),
    errors: module("lamina/filter-rows", "^1.1.0", { title: "Errors only", config: { column: "status", value: "500" } }),
    pages: module("lamina/group-aggregate", "^2.0.0", { title: "Per page" }),
    top: module("lamina/sort-rows", "^1.0.0"),
    out: { kind: "output", name: "pages" },
  },
  edges: {
    "log:value>parse:text": {}, "parse:rows>errors:rows": {}, "errors:rows>pages:rows": {}, "pages:groups>top:rows": {}, "top:rows>out:value": {},
  },
  layout: { positions: { log: [0, 0], parse: [280, 0], errors: [560, 0], pages: [840, 0], top: [1120, 0], out: [1400, 0] } },
};

export const words = {
  format: "lamina/graph@1",
  title: "Vocabulary",
  doc: "Counts words in many texts and ranks them.",
  nodes: {
    texts: { kind: "input", name: "texts", port: { media: "json", schema: { type: "array", items: { type: "string" } } } },
    count: module("lamina/word-count", "^1.2.0", { map: { over: "text", concurrency: 8 }, retry: { attempts: 2 } }),
    rank: { kind: "layer", layer: "data-team/rank@1" },
    out: { kind: "output", name: "ranking" },
  },
  edges: { "texts:value>count:text": {}, "count:counts>rank:counts": {}, "rank:ranking>out:value": {} },
  layout: { positions: { texts: [0, 0], count: [280, 0], rank: [560, 0], out: [840, 0] } },
};

/** A graph large enough to feel what drawing costs. */
export function large(count: number) {
  const nodes: Record<string, object> = {};
  const edges: Record<string, object> = {};
  const positions: Record<string, [number, number]> = {};
  for (let place = 0; place < count; place += 1) {
    const [column, row] = [Math.floor(place / 25), place % 25];
    nodes[`n${place}`] = module("lamina/sort-rows", "^1.0.0");
    positions[`n${place}`] = [column * 280, row * 104];
    if (column > 0) {
      edges[`n${place - 25}:rows>n${place}:rows`] = {};
    }
  }
  return { format: "lamina/graph@1", title: `Large, ${count} nodes`, doc: "For feeling what drawing costs.", nodes, edges, layout: { positions } };
}
