/** Plays a run: the journal that an engine might write, over a few seconds. */

import { bodyAt, parseEdge, parseGraph, topologicalOrder } from "../src/domain/graph.ts";
import { fold, type RunEvent, type RunView } from "../src/domain/journal.ts";

export interface Played {
  events: RunEvent[];
  lines: object[];
  view: RunView | undefined;
  listeners: Set<() => void>;
  outputs: Map<string, object>;
  cancel: () => void;
  decide: (node: string, verdict: string) => void;
}

const BARS = `<svg xmlns="http://www.w3.org/2000/svg" width="420" height="180" viewBox="0 0 420 180">${[90, 120, 60, 140, 100, 70, 150, 110, 80, 130]
  .map((height, place) => `<rect x="${20 + place * 38}" y="${165 - height}" width="26" height="${height}" fill="#1668c7"/>`)
  .join("")}<path d="M14 165h392" stroke="#18202b"/></svg>`;

export function play(document: unknown, run: string, options: { failAt?: string; speed: number; plan: string; inputs: object }): Played {
  const graph = bodyAt(parseGraph(document), []);
  const order = topologicalOrder(graph);
  const played: Played = { events: [], lines: [], view: undefined, listeners: new Set(), outputs: new Map(), cancel: () => undefined, decide: () => undefined };
  let stopped = false;
  const ring = () => {
    for (const listener of played.listeners) listener();
  };
  const write = (type: string, data: object) => {
    const at = new Date().toISOString();
    const event = { seq: played.events.length + 1, type, v: 1, at, data: data as never };
    played.events.push(event);
    played.view = fold(played.view, [event]);
    ring();
  };
  const log = (node: string, message: string, level = "info", fields: object = {}) => {
    played.lines.push({ line: played.lines.length + 1, at: new Date().toISOString(), node, index: [], attempt: 1, level, message, fields });
    ring();
  };
  const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms * options.speed));
  const value = (node: string) => {
    const kind = graph.nodes[node]?.["module"];
    if (kind === "lamina/chart-svg") return { svg: { media: "json", bytes: BARS.length, value: BARS } };
    if (kind === "lamina/column-statistics") return { statistics: { media: "json", bytes: 96, value: { kwh: { min: 0.4, max: 19.2, mean: 7.31 }, days: 365, months: ["Jan", "Feb"] } } };
    const rows = Array.from({ length: 24 }, (_, place) => ({ month: `2025-${String((place % 12) + 1).padStart(2, "0")}`, kwh: Math.round(900 + 300 * Math.sin(place)), meter: place < 12 ? "north" : "south" }));
    return { rows: { media: "json", bytes: 1480, value: rows } };
  };
  const done = new Set<string>();
  const dead = new Set<string>();
  const sources = (node: string) => Object.keys(graph.edges).flatMap((key) => {
    const ends = parseEdge(key);
    return ends !== undefined && ends.target === node ? [ends.source] : [];
  });
  const work = async () => {
    write("run_created", { run, admitted_at: new Date().toISOString(), plan: options.plan, environment: "dev", actor: "user:1", inputs: options.inputs });
    await sleep(400);
    write("run_claimed", { owner: "1", engine: "1.0.0", rung: 3 });
    for (const node of order) {
      if (stopped) return;
      const kind = graph.nodes[node]?.kind;
      if (sources(node).some((source) => dead.has(source))) {
        dead.add(node);
        continue;
      }
      if (kind === "input" || kind === "output" || kind === "constant") {
        done.add(node);
        continue;
      }
      if (kind === "approval") {
        write("wait_opened", { node, kind: "approval", due_at: new Date(Date.now() + 3.6e6).toISOString() });
        write("run_waiting", { wake_at: new Date(Date.now() + 3.6e6).toISOString() });
        const verdict = await new Promise<string>((resolve) => {
          played.decide = (_node, each) => resolve(each);
        });
        write("run_claimed", { owner: "1", engine: "1.0.0", rung: 3 });
        write("wait_closed", { node, outcome: verdict, outputs: {} });
        continue;
      }
      log(node, "started", "info", { worker: 2 });
      if (graph.nodes[node]?.["map"] !== undefined) {
        write("map_opened", { node, count: 40 });
        for (let first = 0; first < 40; first += 8) {
          await sleep(350);
          if (stopped) return;
          write("map_chunk_completed", { node, first, count: 8, outputs: {}, cost_us: [1, 1, 1, 1, 1] });
          log(node, "chunk", "debug", { first, count: 8 });
        }
        played.outputs.set(node, value(node));
        done.add(node);
        continue;
      }
      write("invocation_started", { node });
      await sleep(600 + Math.random() * 900);
      if (stopped) return;
      if (node === options.failAt) {
        const error = { name: "bad_row", message: "Line 418 has 6 cells where the header has 7.", data: { line: 418 } };
        log(node, error.message, "warning", { attempt: 1 });
        write("invocation_attempt_failed", { node, error, attempt: 1, retry_at: new Date().toISOString() });
        await sleep(900);
        write("invocation_exhausted", { node, error, attempt: 2, handled: "fail" });
        log(node, error.message, "error", { attempt: 2 });
        dead.add(node);
        continue;
      }
      write("invocation_completed", { node, outputs: value(node), cost_us: [140, 90, 61, 38, 900] });
      played.outputs.set(node, value(node));
      log(node, "completed", "info", { rows: 24 });
      done.add(node);
    }
    const skipped = order.filter((node) => dead.has(node) && node !== options.failAt);
    if (skipped.length > 0) write("invocation_cancelled", { nodes: skipped, cause: "upstream" });
    if (dead.size > 0) write("run_finished", { status: "failed", error: { name: "bad_row", message: "Line 418 has 6 cells where the header has 7." }, node: options.failAt });
    else write("run_finished", { status: "succeeded", outputs: { report: Object.values(value("chart"))[0] } });
  };
  played.cancel = () => {
    write("run_cancel_requested", { actor: "user:1" });
    setTimeout(() => {
      stopped = true;
      write("run_finished", { status: "cancelled" });
    }, 700);
  };
  void work();
  return played;
}
