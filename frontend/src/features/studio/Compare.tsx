import { ActionIcon, Select } from "@mantine/core";
import { IconArrowRight, IconX } from "@tabler/icons-react";
import { useMemo } from "react";
import {
  CompareGraphsDocument,
  type CompareGraphsQuery,
  RevisionDocumentDocument,
  RevisionsDocument,
} from "@/api/generated/graphql";
import { useReading } from "@/api/useReading";
import { CanvasTools } from "@/design/canvas/CanvasTools";
import { GraphCanvas } from "@/design/canvas/GraphCanvas";
import { Failure, Loading } from "@/design/Message";
import { layoutParts, notesIn } from "@/domain/annotations";
import { changesIn, mergedBody, mergedPositions, withChanges } from "@/domain/comparison";
import { buildScene } from "@/domain/scene";
import { lower } from "@/domain/status";
import { ChangeList } from "./ChangeList";
import { ScopePath } from "./ScopePath";
import { useStudio } from "./studioContext";

/** A revision number, or the draft. */
const DRAFT = "draft";

/** What became of a graph between two of its revisions, or since one of them. */
export function Compare({ sides }: { readonly sides: string }) {
  const { graph, set } = useStudio();
  const [old = "", fresh = DRAFT] = sides.split("..");
  const first = useSide(old);
  const second = useSide(fresh);
  const isThere = first.kind === "ready" && second.kind === "ready";
  const variables = {
    old: first.kind === "ready" ? first.document : null,
    new: second.kind === "ready" ? second.document : null,
  };
  const reading = useReading(CompareGraphsDocument, variables, { pause: !isThere });
  const failed = [first, second].find((side) => side.kind === "failed");
  return (
    <div className="compare">
      <header className="compare-head">
        <h2>What changed</h2>
        <SideField label="From" value={old} onChange={(side) => set({ compare: `${side}..${fresh}` })} />
        <IconArrowRight size={14} aria-hidden />
        <SideField label="To" value={fresh} onChange={(side) => set({ compare: `${old}..${side}` })} />
        <ActionIcon className="push" aria-label="Close" onClick={() => set({ compare: undefined })}>
          <IconX size={16} />
        </ActionIcon>
      </header>
      {failed?.kind === "failed" && <Failure title="A side could not be read">{failed.message}</Failure>}
      {failed === undefined && reading.kind === "failed" && (
        <Failure title="The two could not be compared" onRetry={reading.again}>
          {reading.message}
        </Failure>
      )}
      {failed === undefined && reading.kind !== "failed" && (!isThere || reading.kind === "loading") && (
        <Loading rows={6} />
      )}
      {isThere && reading.kind === "ready" && (
        <Difference
          key={graph.id}
          sides={sides}
          old={first.document}
          fresh={second.document}
          found={reading.data.compareGraphs}
        />
      )}
    </div>
  );
}

type Side =
  | { readonly kind: "loading" }
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "ready"; readonly document: unknown };

function useSide(side: string): Side {
  const { graph, document } = useStudio();
  const isDraft = side === DRAFT;
  const variables = { id: graph.id, number: Number(side) || 0 };
  const reading = useReading(RevisionDocumentDocument, variables, { pause: isDraft });
  if (isDraft) return { kind: "ready", document };
  if (reading.kind !== "ready")
    return reading.kind === "failed" ? { kind: "failed", message: reading.message } : reading;
  const revision = reading.data.graph?.revision;
  if (revision === null || revision === undefined)
    return { kind: "failed", message: `There is no revision ${side}.` };
  // While another one is read the last one is still there.
  return revision.number === variables.number
    ? { kind: "ready", document: revision.document }
    : { kind: "loading" };
}

interface SideFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (side: string) => void;
}

function SideField({ label, value, onChange }: SideFieldProps) {
  const { graph } = useStudio();
  const reading = useReading(RevisionsDocument, { id: graph.id, first: 50 }, { changes: ["graph"] });
  const revisions =
    reading.kind === "ready" ? (reading.data.graph?.revisions.edges.map(({ node }) => node) ?? []) : [];
  return (
    <Select
      aria-label={label}
      data={[
        { value: DRAFT, label: "the draft" },
        ...revisions.map(({ number, message }) => ({
          value: String(number),
          label: `r${number} ${message}`,
        })),
      ]}
      value={value}
      onChange={(side) => side !== null && onChange(side)}
      allowDeselect={false}
      w={220}
    />
  );
}

interface DifferenceProps {
  readonly sides: string;
  readonly old: unknown;
  readonly fresh: unknown;
  readonly found: CompareGraphsQuery["compareGraphs"];
}

function Difference({ sides, old, fresh, found }: DifferenceProps) {
  const { scope, prefix, check, set, selected } = useStudio();
  const path = scope.join("/");
  const scene = useMemo(() => {
    const body = mergedBody(old, fresh, path === "" ? [] : path.split("/"));
    const { groups, notes } = layoutParts(fresh);
    const whole = buildScene({
      body,
      positions: mergedPositions(old, fresh),
      ports: check.ports,
      groups,
      notes: notesIn(notes, body.nodes, path === ""),
    });
    const parts = [...found.nodes, ...found.edges].map((part) => ({ ...part, change: lower(part.change) }));
    return withChanges(whole, changesIn(parts, prefix));
  }, [old, fresh, found, path, prefix, check.ports]);
  return (
    <div className="compare-body">
      <div className="compare-canvas">
        <ScopePath />
        <GraphCanvas
          scene={scene}
          label="Both graphs in one"
          selected={selected}
          onSelect={(ids) => set({ select: ids })}
          onOpen={(id) =>
            scene.nodes.some((node) => node.id === id && node.kind === "graph") &&
            set({ scope: [...scope, id] })
          }
          prefix={prefix}
          fitKey={`${sides}/${path}`}
        >
          <CanvasTools scene={scene} />
        </GraphCanvas>
      </div>
      <ChangeList found={found} old={old} fresh={fresh} scene={scene} />
    </div>
  );
}
