import { Button } from "@mantine/core";
import { useWindowEvent } from "@mantine/hooks";
import { IconArrowsSplit, IconPlugConnectedX } from "@tabler/icons-react";
import { PortLabel } from "@/design/PortGlyph";
import { brief } from "@/domain/json";
import { useStudio } from "./studioContext";
import type { Refused } from "./useJudge";

interface RefusedWireProps {
  readonly refused: Refused;
  readonly onClose: () => void;
}

/** Why two ports cannot meet, with the value that proves it, and what would help. */
export function RefusedWire({ refused: { ends, judgement, forEach }, onClose }: RefusedWireProps) {
  const { scene } = useStudio();
  useWindowEvent("keydown", (event) => event.key === "Escape" && onClose());
  const source = scene.nodes.find(({ id }) => id === ends.source);
  const target = scene.nodes.find(({ id }) => id === ends.target);
  const from = source?.outputs.find(({ name }) => name === ends.output);
  const to = target?.inputs.find(({ name }) => name === ends.input);
  const witness = judgement.hasWitness ? brief(judgement.witness, 300) : undefined;
  // Most reasons begin with the value that breaks it, which is shown anyway.
  const why =
    witness !== undefined && judgement.reason.startsWith(`${witness} `)
      ? judgement.reason.slice(witness.length + 1).replace(/\.$/, "")
      : undefined;
  return (
    <section className="refused" role="alertdialog" aria-label="These ports do not fit">
      <h2 className="row tight">
        <IconPlugConnectedX size={18} aria-hidden /> These ports do not fit
      </h2>
      <dl className="refused-ends">
        <dt>{source?.title} gives</dt>
        <dd>{from && <PortLabel kind={from.kind} name={from.name} type={from.type} />}</dd>
        <dt>{target?.title} takes</dt>
        <dd>{to && <PortLabel kind={to.kind} name={to.name} type={to.type} />}</dd>
      </dl>
      {why === undefined && <p>{judgement.reason}</p>}
      {witness !== undefined && (
        <p className="witness">
          <span className="muted">It would break on</span> <code className="mono">{witness}</code>
          {why !== undefined && `, which ${why}.`}
        </p>
      )}
      {forEach !== undefined && (
        <p className="small muted">
          {target?.title} can run once for each item of the list, and give lists in turn.
        </p>
      )}
      <div className="row refused-verbs">
        <Button variant="default" onClick={onClose} autoFocus={forEach === undefined}>
          Close
        </Button>
        {forEach !== undefined && (
          <Button
            leftSection={<IconArrowsSplit size={14} />}
            onClick={() => {
              forEach();
              onClose();
            }}
            autoFocus
          >
            Run for each item
          </Button>
        )}
      </div>
    </section>
  );
}
