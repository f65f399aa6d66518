import { Button } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import type { Envelope } from "@/domain/values";
import { bytesText } from "@/domain/words";
import { later } from "./later";
import { Loading } from "./Message";
import { Picture } from "./Picture";
import { SCROLLS } from "./scrolls";
import { useFetched } from "./useFetched";

const TablePages = later(
  () => import("./TablePages").then(({ TablePages }) => TablePages),
  <Loading rows={3} />,
);

const AT_ONCE = 256 << 10;
const AT_MOST = 4 << 20;

interface ArtifactViewProps {
  readonly envelope: Extract<Envelope, { kind: "artifact" }>;
  readonly address: string;
  /** How a value that turns out to be JSON is shown. */
  readonly showJson: (value: unknown) => ReactNode;
}

/** A value too large for the journal: tables by the page, pictures, text and JSON; anything can be downloaded. */
export function ArtifactView({ envelope, address, showJson }: ArtifactViewProps) {
  const { media, type, bytes } = envelope;
  const isText = media === "json" || /^text\/|[/+]json$|[/+]xml$/.test(type);
  return (
    <>
      {media === "table" ? (
        <TablePages address={address} />
      ) : type.startsWith("image/") ? (
        <Picture address={address} type={type} />
      ) : (
        isText && bytes <= AT_MOST && <Written envelope={envelope} address={address} showJson={showJson} />
      )}
      <a href={address} className="row tight small" download>
        <IconDownload size={14} aria-hidden /> Download{" "}
        {media === "table" ? "as an Arrow file" : media === "json" ? "as JSON" : type}
      </a>
    </>
  );
}

function Written({ envelope: { media, type, bytes }, address, showJson }: ArtifactViewProps) {
  const [isWanted, setWanted] = useState(bytes <= AT_ONCE);
  const fetched = useFetched(isWanted ? address : undefined, (answer) => answer.text());
  if (!isWanted) {
    return (
      <Button variant="default" size="compact-xs" onClick={() => setWanted(true)}>
        Show all {bytesText(bytes)}
      </Button>
    );
  }
  if (fetched.kind === "loading") return <Loading rows={2} />;
  if (fetched.kind === "failed") return <p className="small muted">{fetched.message}</p>;
  const value = media === "json" || type.endsWith("json") ? parsed(fetched.content) : undefined;
  return value === undefined ? (
    <pre {...SCROLLS} className="value-text">
      {fetched.content}
    </pre>
  ) : (
    showJson(value)
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
