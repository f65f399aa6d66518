import { SegmentedControl } from "@mantine/core";
import { IconEyeOff } from "@tabler/icons-react";
import { useState } from "react";
import { kindOfValue, type PortKind } from "@/domain/ports";
import { type Envelope, isLines, isSvg, parseEnvelope, tableColumns } from "@/domain/values";
import { bytesText, countText } from "@/domain/words";
import { ArtifactView } from "./ArtifactView";
import { JsonTree } from "./JsonTree";
import { Picture } from "./Picture";
import { PortLabel } from "./PortGlyph";
import { SCROLLS } from "./scrolls";
import { ValueTable } from "./ValueTable";
import "./value.css";

interface ValueViewProps {
  readonly name: string;
  readonly document: unknown;
  /** Where artifacts of this run are fetched; the digest follows. */
  readonly artifactBase: string;
}

type Shape = "table" | "picture" | "text" | "tree";

const SHAPE_WORDS = { table: "Table", picture: "Picture", text: "Text" } as const;

/** One value of a port: tables as tables, pictures as pictures, lines of text as such, all else as a tree. */
export function ValueView({ name, document, artifactBase }: ValueViewProps) {
  const envelope = parseEnvelope(document);
  if (envelope === undefined) return null;
  return (
    <div className="value">
      <div className="row value-head">
        <PortLabel kind={kindOf(envelope)} name={name} />
        <span className="small muted push">{sizeText(envelope)}</span>
      </div>
      <Body envelope={envelope} artifactBase={artifactBase} />
    </div>
  );
}

function Body({ envelope, artifactBase }: { readonly envelope: Envelope; readonly artifactBase: string }) {
  switch (envelope.kind) {
    case "withheld":
      return (
        <p className="row muted small">
          <IconEyeOff size={14} aria-hidden /> You may not see this value.
        </p>
      );
    case "artifact":
      return (
        <ArtifactView
          envelope={envelope}
          address={artifactBase + envelope.artifact}
          showJson={(value) => <Inline value={value} />}
        />
      );
    case "value":
      return <Inline value={envelope.value} />;
  }
}

function Inline({ value }: { readonly value: unknown }) {
  const columns = tableColumns(value);
  const special =
    columns !== undefined ? "table" : isSvg(value) ? "picture" : isLines(value) ? "text" : undefined;
  const [shape, setShape] = useState<Shape>(special ?? "tree");
  return (
    <>
      {special !== undefined && (
        <SegmentedControl
          aria-label="Show as"
          value={shape}
          onChange={(next) => setShape(next as Shape)}
          data={[
            { value: special, label: SHAPE_WORDS[special] },
            { value: "tree", label: "JSON" },
          ]}
        />
      )}
      {shape === "table" && columns !== undefined && <ValueTable rows={value as never} columns={columns} />}
      {shape === "picture" && isSvg(value) && <Picture text={value} type="image/svg+xml" />}
      {shape === "text" && isLines(value) && (
        <pre {...SCROLLS} className="value-text">
          {value}
        </pre>
      )}
      {shape === "tree" && <JsonTree value={value} />}
    </>
  );
}

function kindOf(envelope: Envelope): PortKind {
  if (envelope.media === "table") return "table";
  if (envelope.media === "binary") return "bytes";
  return envelope.kind === "value" ? kindOfValue(envelope.value) : "any";
}

function sizeText(envelope: Envelope): string {
  const rows =
    envelope.kind === "artifact" && envelope.rows !== undefined ? `${countText(envelope.rows, "row")}, ` : "";
  const items =
    envelope.kind === "value" && Array.isArray(envelope.value)
      ? `${countText(envelope.value.length, "item")}, `
      : "";
  return envelope.bytes === 0
    ? `${rows}${items}`.replace(/, $/, "")
    : `${rows}${items}${bytesText(envelope.bytes)}`;
}
