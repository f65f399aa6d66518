import { useDebouncedValue } from "@mantine/hooks";
import { useMemo } from "react";
import { CheckGraphDocument, type CheckGraphQuery } from "@/api/generated/graphql";
import { useReading } from "@/api/useReading";
import { type GraphDocument, nodeOfPointer } from "@/domain/graph";
import { isObject } from "@/domain/json";
import { edgeOfPointer, titled } from "@/domain/problems";
import { derivedPorts, type Judged, type NodePorts, type Verdict } from "@/domain/scene";

const SETTLE_MS = 250;

export type EdgeAnswer = CheckGraphQuery["checkGraph"]["edges"][number];
export type Problem = CheckGraphQuery["checkGraph"]["problems"][number];

export interface Check {
  readonly isChecking: boolean;
  readonly failed: string | undefined;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  /** Wires that break and that no problem speaks of. */
  readonly broken: readonly (readonly [string, EdgeAnswer])[];
  readonly edges: ReadonlyMap<string, EdgeAnswer>;
  readonly verdicts: ReadonlyMap<string, Judged>;
  readonly ports: ReadonlyMap<string, NodePorts>;
  readonly configs: ReadonlyMap<string, unknown>;
  readonly firstProblems: ReadonlyMap<string, string>;
}

const NOTHING: CheckGraphQuery["checkGraph"] = { problems: [], warnings: [], edges: [], ports: [] };

/** What the server thinks of the draft as it stands now: problems, verdicts on wires, derived types. */
export function useCheck(document: GraphDocument, prefix: string): Check {
  const meant = useMemo(() => ({ ...document, layout: undefined }), [document]);
  const key = JSON.stringify(meant);
  const [settled] = useDebouncedValue(key, SETTLE_MS);
  const asked = useMemo(() => JSON.parse(settled) as GraphDocument, [settled]);
  const variables = useMemo(() => ({ document: asked }), [asked]);
  const reading = useReading(CheckGraphDocument, variables, { changes: ["version"] });
  const answer = reading.kind === "ready" ? reading.data.checkGraph : NOTHING;
  const isChecking = key !== settled || reading.kind === "loading";
  const failed = reading.kind === "failed" ? reading.message : undefined;
  return useMemo(() => {
    const local = (path: string) => (path.startsWith(prefix) ? path.slice(prefix.length) : undefined);
    const inside = answer.ports.flatMap((each) => {
      const node = local(each.node);
      return node === undefined || node.includes("/") ? [] : [{ ...each, node }];
    });
    const edges = new Map(answer.edges.map((each) => [localEdge(each.edge, prefix), each]));
    const verdict = (text: string): Verdict => (text === "YES" ? "yes" : text === "NO" ? "no" : "unknown");
    const inWords = (problem: Problem) => ({ ...problem, message: titled(problem.message, asked) });
    const problems = answer.problems.map(inWords);
    const told = new Set(problems.map(({ path }) => edgeOfPointer(path)));
    const firstProblems = new Map<string, string>();
    for (const { path, message } of problems) {
      const node = nodeOfPointer(path);
      if (node !== undefined && !firstProblems.has(node)) firstProblems.set(node, message);
    }
    return {
      isChecking,
      failed,
      problems,
      warnings: answer.warnings.map(inWords),
      broken: [...edges].filter(([id, each]) => each.answer === "NO" && !told.has(id)),
      edges,
      verdicts: new Map(
        [...edges].map(([id, each]) => [id, { verdict: verdict(each.answer), reason: each.reason }]),
      ),
      ports: derivedPorts(inside),
      configs: new Map(
        inside.flatMap((each) => (isObject(each.config) ? [[each.node, each.config] as const] : [])),
      ),
      firstProblems,
    };
  }, [answer, asked, prefix, isChecking, failed]);
}

/** Wires inside a sub-graph may be named by full paths; the canvas knows the ids of its own scope. */
function localEdge(edge: string, prefix: string): string {
  return prefix === "" ? edge : edge.replaceAll(prefix, "");
}
