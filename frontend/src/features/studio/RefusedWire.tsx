import { Button } from "@mantine/core";
import { IconPlugConnectedX } from "@tabler/icons-react";
import { PortLabel } from "@/design/PortGlyph";
import { brief } from "@/domain/json";
import { useStudio } from "./studioContext";
import type { Refused } from "./useJudge";

interface RefusedWireProps {
  readonly refused: Refused;
  readonly onClose: () => void;
}

/** Why two ports cannot meet, with the value that proves it. */
export function RefusedWire({ refused: { ends, judgement }, onClose }: RefusedWireProps) {
  const { scene } = useStudio();
  const from = scene.nodes
    .find(({ id }) => id === ends.source)
    ?.outputs.find(({ name }) => name === ends.output);
  const to = scene.nodes.find(({ id }) => id === ends.target)?.inputs.find(({ name }) => name === ends.input);
  return (
    <section className="refused" role="alertdialog" aria-label="These ports do not fit">
      <h2 className="row tight">
        <IconPlugConnectedX size={18} aria-hidden /> These ports do not fit
      </h2>
      <div className="refused-ends">
        {from && <PortLabel kind={from.kind} name={from.name} type={from.type} />}
        <span className="muted">cannot go into</span>
        {to && <PortLabel kind={to.kind} name={to.name} type={to.type} />}
      </div>
      <p>{judgement.reason}</p>
      {judgement.hasWitness && (
        <p className="witness">
          <span className="muted">It would break on</span>{" "}
          <code className="mono">{brief(judgement.witness, 300)}</code>
        </p>
      )}
      {(judgement.pointerOut !== "" || judgement.pointerIn !== "") && (
        <p className="small muted mono">
          {judgement.pointerOut || "/"} → {judgement.pointerIn || "/"} {judgement.keyword}
        </p>
      )}
      <Button variant="default" onClick={onClose} autoFocus>
        Close
      </Button>
    </section>
  );
}
