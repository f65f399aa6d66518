import { Breadcrumbs, UnstyledButton } from "@mantine/core";
import { ReactFlowProvider } from "@xyflow/react";
import { useEffect, useMemo, useState } from "react";
import type { LiveRun } from "@/api/useRunFeed";
import { CanvasTools } from "@/design/canvas/CanvasTools";
import { GraphCanvas } from "@/design/canvas/GraphCanvas";
import { createStatusStore, pathPrefix } from "@/design/canvas/statusStore";
import { layoutParts, notesIn } from "@/domain/annotations";
import { bodyAt, nodeTitle, parseGraph, positionsOf } from "@/domain/graph";
import { isObject } from "@/domain/json";
import { buildScene } from "@/domain/scene";
import type { RunOnShow } from "./RunPage";
import { usePortsOf } from "./usePortsOf";
import { useRunSearch } from "./useRunSearch";

interface RunGraphProps {
  readonly run: RunOnShow;
  readonly live: LiveRun;
}

/** The graph as it was locked for this run, whatever it has become since. */
export function RunGraph({ run, live }: RunGraphProps) {
  const { node, scope, set } = useRunSearch();
  const graph = useMemo(() => parseGraph(run.document), [run.document]);
  const ports = usePortsOf(run.document, scope);
  const [statuses] = useState(() => createStatusStore());
  useEffect(() => statuses.replace(live.view?.nodes ?? {}), [statuses, live.view]);

  const path = scope.join("/");
  const scene = useMemo(() => {
    const names = path === "" ? [] : path.split("/");
    const body = bodyAt(graph, names);
    const { groups, notes } = layoutParts(run.document);
    return buildScene({
      body,
      positions: positionsOf(run.document),
      ports,
      groups,
      notes: notesIn(notes, body.nodes, path === ""),
    });
  }, [graph, path, ports, run.document]);
  const prefix = pathPrefix(scope);
  const selected = useMemo(
    () => new Set(node?.startsWith(prefix) ? [node.slice(prefix.length)] : []),
    [node, prefix],
  );

  const select = (ids: ReadonlySet<string>) => {
    const picked = [...ids].filter((id) => scene.nodes.some((each) => each.id === id)).at(-1);
    set({ node: picked === undefined ? "" : prefix + picked, index: "" });
  };
  const open = (id: string) => {
    if (isObject(bodyAt(graph, scope).nodes[id]?.["body"])) set({ scope: [...scope, id].join("/") });
  };
  return (
    <section className="run-graph" aria-label="Graph of this run">
      {scope.length > 0 && (
        <ScopePath graph={graph} scope={scope} onGo={(next) => set({ scope: next.join("/") })} />
      )}
      <ReactFlowProvider>
        <GraphCanvas
          scene={scene}
          label={`Graph of the run ${run.title}`}
          selected={selected}
          onSelect={select}
          onOpen={open}
          statuses={statuses}
          prefix={prefix}
          fitKey={`${run.id}/${path}`}
        >
          <CanvasTools scene={scene} />
        </GraphCanvas>
      </ReactFlowProvider>
    </section>
  );
}

interface ScopePathProps {
  readonly graph: ReturnType<typeof parseGraph>;
  readonly scope: readonly string[];
  readonly onGo: (scope: readonly string[]) => void;
}

function ScopePath({ graph, scope, onGo }: ScopePathProps) {
  return (
    <Breadcrumbs className="scope-path" separatorMargin={6}>
      <UnstyledButton onClick={() => onGo([])}>{graph.title}</UnstyledButton>
      {scope.map((id, place) => {
        const node = bodyAt(graph, scope.slice(0, place)).nodes[id];
        return (
          <UnstyledButton key={id} onClick={() => onGo(scope.slice(0, place + 1))}>
            {node === undefined ? id : nodeTitle(id, node)}
          </UnstyledButton>
        );
      })}
    </Breadcrumbs>
  );
}
