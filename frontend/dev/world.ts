/** A small world that answers the operations of the screens from memory. Part of development only. */

import { contractPorts, neverFits } from "../src/domain/ports.ts";
import { parseBody, parseEdge } from "../src/domain/graph.ts";
import { ownPorts } from "../src/domain/scene.ts";
import { digest, id, makeModules } from "./modules.ts";
import { electricity, large, logs, words } from "./graphs.ts";
import { play, type Played } from "./play.ts";

// biome-ignore lint/suspicious/noExplicitAny: fixtures follow the schema, which the execution checks.
type Any = any;

export function makeWorld() {
  const changes = new Set<(change: object) => void>();
  const tell = (kind: string, thing: string) => {
    for (const listener of changes) listener({ kind, id: thing });
  };
  const team: Any = { __typename: "Team", id: id("Team", "1"), slug: "lamina", title: "Lamina" };
  const dataTeam: Any = { __typename: "Team", id: id("Team", "2"), slug: "data-team", title: "Data team" };
  const ada: Any = { __typename: "User", id: id("User", "1"), name: "Ada Osei", email: "ada@example.org", tokens: [] };
  const ben: Any = { __typename: "User", id: id("User", "2"), name: "Ben Holm", email: "ben@example.org", tokens: [] };
  ada.teams = [{ team, roles: ["ADMIN"], user: ada }, { team: dataTeam, roles: ["REVIEWER", "AUTHOR"], user: ada }];
  ben.teams = [{ team: dataTeam, roles: ["AUTHOR"], user: ben }];
  team.members = [{ team, user: ada, roles: ["ADMIN"] }];
  dataTeam.members = [{ team: dataTeam, user: ada, roles: ["REVIEWER", "AUTHOR"] }, { team: dataTeam, user: ben, roles: ["AUTHOR"] }];
  team.viewerRoles = ["ADMIN"];
  dataTeam.viewerRoles = ["REVIEWER", "AUTHOR"];
  ada.tokens = [{ __typename: "Token", id: id("Token", "1"), title: "laptop", scopes: ["runs:write"], createdAt: new Date(Date.now() - 9e8).toISOString(), expiresAt: new Date(Date.now() + 9e9).toISOString(), lastUsedAt: null }];
  const modules: Any[] = makeModules(team, ben, dataTeam);
  const graphs: Any[] = [];
  const runs: Any[] = [];
  const playing = new Map<string, Played>();

  const addGraph = (document: Any, owner: Any) => {
    const graph: Any = { __typename: "Graph", id: id("Graph", String(graphs.length + 1)), title: document.title, doc: document.doc ?? "", team: owner, createdAt: new Date().toISOString(), updatedAt: new Date(Date.now() - 3.6e6 * graphs.length).toISOString(), nodeCount: Object.keys(document.nodes).length };
    graph.draft = { document, updatedAt: graph.updatedAt, updatedBy: ada, version: 1 };
    graph.all = [] as Any[];
    graph.revise = (message: string, saved: Any) => {
      const revision = { __typename: "Revision", id: id("Revision", `${graph.id}${graph.all.length}`), graph, number: graph.all.length + 1, message, document: saved, digest: digest(message), layoutDigest: digest("l"), lock: {}, createdAt: new Date().toISOString(), author: ada, problems: [] };
      graph.all.unshift(revision);
      graph.head = revision;
      return revision;
    };
    graph.revise("First revision", document);
    graph.revisions = () => connection(graph.all);
    graph.revision = ({ number }: Any) => graph.all.find((each: Any) => each.number === number);
    graph.runs = () => connection(runs.filter((run) => run.graph === graph));
    graph.lastRun = () => runs.find((run) => run.graph === graph) ?? null;
    graphs.push(graph);
    return graph;
  };

  const startRun = (graph: Any, document: Any, options: { failAt?: string; speed?: number; revision?: Any; inputs?: object }) => {
    const key = `019c1347-d280-70a5-8000-${String(runs.length).padStart(12, "0")}`;
    const played = play(document, key, { speed: options.speed ?? 1, plan: digest(key), inputs: options.inputs ?? {}, ...(options.failAt ? { failAt: options.failAt } : {}) });
    const run: Any = { __typename: "Run", id: id("Run", key), graph, revision: options.revision ?? null, title: graph.title, environment: "dev", actor: "user:1", actorName: ada.name, createdAt: new Date().toISOString(), startedAt: new Date().toISOString(), nodeCount: graph.nodeCount, document, plan: {}, lock: {}, parameters: {}, rung: 3, resumedFrom: null };
    run.inputs = Object.fromEntries(Object.entries(options.inputs ?? {}).map(([port, value]) => [port, { media: "json", bytes: 40, value }]));
    run.status = () => (played.view?.status ?? "queued").toUpperCase();
    run.finishedAt = () => played.view?.finished_at ?? null;
    run.lastSeq = () => played.events.length;
    run.error = () => played.view?.error ?? null;
    run.outputs = () => played.view?.outputs ?? null;
    run.view = () => played.view;
    run.counts = () => {
      const counts: Record<string, number> = {};
      for (const { state } of Object.values(played.view?.nodes ?? {})) counts[state] = (counts[state] ?? 0) + 1;
      return counts;
    };
    run.feed = ({ after }: Any) => frame(played, after);
    run.invocations = ({ node }: Any) => {
      const state = played.view?.nodes[node];
      if (state === undefined || state.state === "skipped") return connection([]);
      return connection([{ node, index: [], state: state.state, attempt: state.attempt ?? 1, inputs: { rows: { media: "json", bytes: 20, value: [{ a: 1 }] } }, outputs: played.outputs.get(node) ?? null, error: state.error ?? null, attempts: state.error ? [{ attempt: 1, error: state.error, at: new Date().toISOString(), costUs: [140, 90, 61, 38, 900] }, { attempt: 2, error: state.error, at: new Date().toISOString(), costUs: [12, 80, 60, 38, 800] }] : [], costUs: [140, 90, 61, 38, 900], startedAt: state.started_at ?? null, finishedAt: state.finished_at ?? null, version: "lamina/csv-read@1.2.0" }]);
    };
    let status = "";
    played.listeners.add(() => {
      if (played.view?.status !== status || Math.random() < 0.3) tell("run", run.id);
      status = played.view?.status ?? "";
    });
    playing.set(run.id, played);
    runs.unshift(run);
    return run;
  };

  const [first] = [addGraph(electricity, team), addGraph(logs, team), addGraph(words, dataTeam), addGraph(large(1000), team)];
  startRun(graphs[1], logs, { speed: 0.01, revision: graphs[1].head, inputs: { log: "GET /" } });
  startRun(graphs[1], logs, { speed: 0.01, failAt: "errors", revision: graphs[1].head, inputs: { log: "GET /" } });
  startRun(first, electricity, { speed: 0.2, revision: first.head, inputs: { meter: "a,b\n1,2" } });
  setTimeout(() => startRun(first, electricity, { speed: 8, revision: first.head, inputs: { meter: "a,b\n1,2" } }), 200);

  const reviews: Any[] = [];
  const candidate = modules.find((module) => module.name === "data-team/score-leads").latest;
  const review: Any = {
    __typename: "Review", id: id("Review", "1"), version: candidate, state: "OPEN", author: ben, openedAt: new Date(Date.now() - 7.2e6).toISOString(), closedAt: null,
    message: "Scores are now normalised to 0…1, and the weights may come from any binary.",
    base: candidate.module.versions[1],
    bump: { level: "major", previous: "0.9.0", needsAttestation: false, reasons: [] },
    contractDiff: [
      { level: "major", path: "/ports/out/scored/columns/score", message: "The score may now be above 1. Readers that expect at most 1 would refuse it.", witness: { email: "a@b.c", score: 1.5 } },
      { level: "minor", path: "/ports/in/weights", message: "The input accepts more media types than before.", witness: null },
      { level: "patch", path: "/limits/memory_bytes", message: "Needs less memory.", witness: null },
    ],
    files: [
      { path: "run.py", change: "changed", before: "def run(inputs, context):\n    total = sum(weights)\n    return {\"scored\": total}\n", after: "def run(inputs, context):\n    total = sum(weights)\n    if not total:\n        raise ValueError(\"no weights\")\n    return {\"scored\": score / total}\n" },
      { path: "README.md", change: "changed", before: "# Score leads\n", after: "# Score leads\n\nScores lie between 0 and 1.\n" },
      { path: "examples/zero.json", change: "added", before: null, after: "{\"format\": \"lamina/example@1\"}\n" },
    ],
    comments: [{ __typename: "ReviewComment", id: id("ReviewComment", "1"), author: ada, body: "Should this be a declared error instead of a ValueError?", anchor: { file: "run.py", line: 4 }, createdAt: new Date(Date.now() - 3.6e6).toISOString(), resolvedAt: null }],
    verdicts: [{ author: ada, verdict: "request_changes", message: "One question in run.py.", createdAt: new Date(Date.now() - 3.5e6).toISOString() }],
    checks: candidate.checks, impact: [graphs[2]], viewerMay: ["approve", "request_changes", "comment"],
    history: [{ id: "1", at: new Date(Date.now() - 7.2e6).toISOString(), actor: "user:2", actorName: "Ben Holm", action: "submit_version", object: "data-team/score-leads@0.4.0", reason: "", before: null, after: null }],
  };
  reviews.push(review);
  candidate.review = review;

  const done = (verb: string, fields: object) => ({ __typename: `${verb}Done`, ...fields });
  const matches = (text: string, search?: string | null) => !search || text.toLowerCase().includes(search.toLowerCase());
  const facet = (values: string[]) => [...new Set(values)].map((value) => ({ value, count: values.filter((each) => each === value).length }));

  const versionOf = (node: Any) => modules.find((module) => module.name === (node.module ?? node.layer?.split("@")[0]))?.latest;
  const portsIn = (document: Any) =>
    Object.entries(parseBody(document).nodes).map(([node, each]) => {
      const version = versionOf(each);
      const own = ownPorts(each);
      const specs = (list: Any) => Object.fromEntries(list.map((port: Any) => [port.name, port.spec]));
      return version
        ? { node, inputs: version.contract.ports.in, outputs: version.contract.ports.out, config: version.contract.config }
        : { node, inputs: specs(own.inputs), outputs: specs(own.outputs), config: null };
    });
  const judge = (document: Any, source: string, output: string, target: string, input: string) => {
    const nodes = parseBody(document).nodes;
    const port = (node: string, name: string, direction: "in" | "out") => {
      const each = nodes[node];
      if (each === undefined) return undefined;
      const version = versionOf(each);
      const list = version ? contractPorts(version.contract, direction) : direction === "in" ? ownPorts(each).inputs : ownPorts(each).outputs;
      return list.find((one) => one.name === name);
    };
    const [from, to] = [port(source, output, "out"), port(target, input, "in")];
    const none = { pointerOut: "", pointerIn: "", keyword: "", witness: null, hasWitness: false, adapter: null };
    if (from && to && neverFits(from.kind, to.kind)) {
      return { answer: "NO", reason: `${output} gives ${from.type}, but ${input} takes ${to.type}.`, ...none, keyword: "type", witness: from.kind === "number" ? 0 : [{}], hasWitness: true };
    }
    return { answer: from?.kind === "any" || to?.kind === "any" ? "UNKNOWN" : "YES", reason: "", ...none };
  };

  const root: Any = {
    viewer: ada,
    team: ({ slug }: Any) => [team, dataTeam].find((each) => each.slug === slug) ?? null,
    environments: [{ __typename: "Environment", id: id("Environment", "1"), name: "dev" }, { __typename: "Environment", id: id("Environment", "2"), name: "production" }],
    modules: (args: Any) => connection(modules.filter((module) => matches(module.name + module.summary, args.search) && (!args.owner || module.owner.slug === args.owner) && (!args.tag || module.tags.includes(args.tag)) && (!args.runtime || module.runtime === args.runtime) && (!args.state || module.latest.state === args.state) && (!args.takes || contractPorts(module.latest.contract, "in").some((port) => port.kind === args.takes)) && (!args.gives || contractPorts(module.latest.contract, "out").some((port) => port.kind === args.gives)))),
    module: ({ name }: Any) => modules.find((module) => module.name === name) ?? null,
    moduleVersion: ({ name, version }: Any) => modules.find((module) => module.name === name)?.versions.find((each: Any) => each.version === version) ?? null,
    catalogFacets: { owners: () => facet(modules.map((module) => module.owner.slug)), runtimes: () => facet(modules.map((module) => module.runtime)), tags: () => facet(modules.flatMap((module) => module.tags)), states: () => facet(modules.map((module) => module.latest.state)) },
    graphs: (args: Any) => connection(graphs.filter((graph) => matches(graph.title, args.search) && (!args.team || graph.team.slug === args.team))),
    graph: (args: Any) => graphs.find((graph) => graph.id === args.id) ?? null,
    runs: (args: Any) => connection(runs.filter((run) => (!args.status || args.status.includes(run.status())) && (!args.graph || run.graph.id === args.graph) && matches(run.title, args.search))),
    run: (args: Any) => runs.find((run) => run.id === args.id) ?? null,
    reviews: (args: Any) => connection(reviews.filter((each) => !args.state || each.state === args.state)),
    review: (args: Any) => reviews.find((each) => each.id === args.id) ?? null,
    health: { database: "sqlite, ready", engine: "ready", rung: 3, rungName: "namespaces", rungHow: "", version: "0.1.0" },
    audit: () => connection(review.history),
    checkGraph: ({ document }: Any) => {
      const edges = Object.keys(document.edges ?? {}).flatMap((edge) => {
        const ends = parseEdge(edge);
        return ends ? [{ edge, ...judge(document, ends.source, ends.output, ends.target, ends.input) }] : [];
      });
      const wired = new Set(Object.keys(document.edges ?? {}).map((edge) => edge.split(">")[1]));
      const problems = portsIn(document).flatMap(({ node, inputs }: Any) =>
        Object.entries(inputs).flatMap(([name, spec]: Any) => (spec.media && !("default" in spec) && spec.cardinality !== "optional" && !wired.has(`${node}:${name}`) ? [{ code: "unwired_input", path: `/nodes/${node}/in/${name}`, message: `The input ${name} needs a value. Wire it, or give it a default.` }] : [])),
      );
      return { problems, edges, ports: portsIn(document), lock: problems.length ? null : {} };
    },
    judgeConnection: (args: Any) => judge(args.document, args.source, args.output, args.target, args.input),
    startRun: ({ input }: Any) => {
      const graph = graphs.find((each) => each.id === input.graph);
      const revision = input.revision ? graph.revision({ number: input.revision }) : null;
      return done("StartRun", { run: startRun(graph, input.document ?? revision?.document ?? graph.draft.document, { revision, inputs: input.inputs ?? {} }) });
    },
    cancelRun: ({ input }: Any) => {
      playing.get(input.run)?.cancel();
      return done("CancelRun", { run: root.run({ id: input.run }) });
    },
    resumeRun: ({ input }: Any) => {
      const old = root.run({ id: input.run });
      const run = startRun(old.graph, old.document, { revision: old.revision });
      run.resumedFrom = old;
      return done("ResumeRun", { run });
    },
    decideWait: ({ input }: Any) => {
      playing.get(input.run)?.decide(input.node, input.verdict);
      return done("DecideWait", { run: root.run({ id: input.run }) });
    },
    tryModule: ({ input }: Any) => {
      const version = modules.flatMap((module) => module.versions).find((each: Any) => each.id === input.version);
      const document = { format: "lamina/graph@1", title: `Try ${version.module.name}`, nodes: { try: { kind: "module", module: version.module.name, pin: version.version } }, edges: {} };
      return done("TryModule", { run: startRun({ ...graphs[0], title: document.title, nodeCount: 1 }, document, { inputs: input.inputs }) });
    },
    createGraph: ({ input }: Any) => done("CreateGraph", { graph: addGraph(input.document ?? { format: "lamina/graph@1", title: input.title, nodes: {}, edges: {} }, root.team({ slug: input.team })), problems: [] }),
    saveRevision: ({ input }: Any) => {
      const graph = root.graph({ id: input.graph });
      const revision = graph.revise(input.message, input.document ?? graph.draft.document);
      tell("graph", graph.id);
      return done("SaveRevision", { revision });
    },
    restoreRevision: ({ input }: Any) => {
      const graph = root.graph({ id: input.graph });
      return done("RestoreRevision", { revision: graph.revise(`Restore r${input.number}`, graph.revision(input).document) });
    },
    approveVersion: () => {
      review.state = "APPROVED";
      review.viewerMay = ["release", "comment"];
      review.verdicts.push({ author: ada, verdict: "approve", message: "", createdAt: new Date().toISOString() });
      tell("review", review.id);
      return done("ApproveVersion", { review });
    },
    requestChanges: ({ input }: Any) => {
      review.state = "CHANGES_REQUESTED";
      review.verdicts.push({ author: ada, verdict: "request_changes", message: input.message, createdAt: new Date().toISOString() });
      tell("review", review.id);
      return done("RequestChanges", { review });
    },
    commentReview: ({ input }: Any) => {
      const comment = { __typename: "ReviewComment", id: id("ReviewComment", String(review.comments.length + 1)), author: ada, body: input.body, anchor: input.anchor, createdAt: new Date().toISOString(), resolvedAt: null };
      review.comments.push(comment);
      tell("review", review.id);
      return done("CommentReview", { comment });
    },
    createToken: ({ input }: Any) => {
      const token = { __typename: "Token", id: id("Token", String(ada.tokens.length + 1)), title: input.title, scopes: input.scopes, createdAt: new Date().toISOString(), expiresAt: new Date(Date.now() + input.days * 864e5).toISOString(), lastUsedAt: null };
      ada.tokens.push(token);
      return done("CreateToken", { token, secret: "lam_7Qw9…" });
    },
  };
  return { root, changes, playing, graphs };
}

export function frame(played: Played, after: number) {
  const head = played.events.length;
  const at = new Date().toISOString();
  if (played.view === undefined || (after === 0 && head > 5)) return { kind: "SNAPSHOT", from: 1, to: head, head, at, snapshot: played.view ?? null, events: [] };
  const events = played.events.slice(after);
  return events.length === 0 ? { kind: "IDLE", from: after + 1, to: after, head, at, snapshot: null, events } : { kind: "EVENTS", from: after + 1, to: head, head, at, snapshot: null, events };
}

function connection(nodes: Any[]) {
  return { edges: nodes.map((node, place) => ({ cursor: String(place), node })), pageInfo: { hasNextPage: false, endCursor: null } };
}
