import { Button, FileButton } from "@mantine/core";
import { IconFileUpload } from "@tabler/icons-react";
import { type ReactNode, useRef, useState } from "react";
import type { Fault } from "@/domain/runList";
import { bytesText, countText } from "@/domain/words";
import { JsonEditor } from "./laterForms";

// A request has room for no more.
const MOST_BYTES = 4_000_000;
const SHOWN = 5;

interface ListPartProps {
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly count: number;
  readonly faults: readonly Fault[];
  /** What each of them takes. */
  readonly children: ReactNode;
}

/** The inputs of many runs, pasted or from a file, with what is wrong with them by line. */
export function ListPart({ text, onChange, count, faults, children }: ListPartProps) {
  const [file, setFile] = useState({ number: 0, trouble: "" });
  const [shown, setShown] = useState<{ readonly line: number }>();
  // Without this a file that was mended could not be chosen again.
  const again = useRef<() => void>(null);
  const open = async (chosen: File | null) => {
    if (chosen === null) return;
    const read = await contentOf(chosen);
    if ("text" in read) onChange(read.text);
    again.current?.();
    setFile(({ number }) => ({ number: number + 1, trouble: "trouble" in read ? read.trouble : "" }));
  };
  return (
    <div className="column tight">
      <div className="row">
        <h3>Inputs of each run</h3>
        <div className="push">
          <FileButton
            resetRef={again}
            onChange={(chosen) => void open(chosen)}
            accept=".json,.jsonl,.ndjson,.txt"
          >
            {(props) => (
              <Button
                {...props}
                variant="default"
                size="compact-sm"
                leftSection={<IconFileUpload size={14} />}
              >
                Choose a file…
              </Button>
            )}
          </FileButton>
        </div>
      </div>
      {children}
      <p className="muted small">One object of inputs on each line, or a JSON array of them.</p>
      <JsonEditor
        key={file.number}
        label="Inputs of each run"
        text={text}
        onChange={onChange}
        isNumbered
        shown={shown}
      />
      {file.trouble !== "" && (
        <p className="run-error small" role="alert">
          {file.trouble}
        </p>
      )}
      <Faults faults={faults} onShow={(line) => setShown({ line })} />
      <p className="small" role="status">
        {toldOf(count, faults.length)}
      </p>
    </div>
  );
}

function toldOf(count: number, faults: number): string {
  if (faults > 0) return "Nothing is started until every line fits.";
  if (count === 0) return "The list is empty: write down the inputs of a run, or choose a file.";
  return count === 1
    ? "Starts 1 run."
    : `Starts ${count.toLocaleString("en-GB")} runs: all of them, or none.`;
}

async function contentOf(file: File): Promise<{ readonly text: string } | { readonly trouble: string }> {
  if (file.size > MOST_BYTES)
    return {
      trouble: `${file.name} has ${bytesText(file.size)}; ${bytesText(MOST_BYTES)} may be sent at once.`,
    };
  try {
    return { text: await file.text() };
  } catch {
    return { trouble: `${file.name} cannot be read. Choose it again, or paste what it holds.` };
  }
}

interface FaultsProps {
  readonly faults: readonly Fault[];
  readonly onShow: (line: number) => void;
}

/** The first of them; each leads to its line. */
export function Faults({ faults, onShow }: FaultsProps) {
  if (faults.length === 0) return null;
  const rest = faults.length - SHOWN;
  return (
    <ul className="run-faults small" aria-label="What does not fit">
      {faults.slice(0, SHOWN).map(({ line, message }, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two faults of a line may read alike.
        <li key={place} className="run-error">
          {line !== undefined && (
            <Button variant="subtle" color="red" size="compact-xs" onClick={() => onShow(line)}>
              Line {line}
            </Button>
          )}
          <span>{message}</span>
        </li>
      ))}
      {rest > 0 && <li className="muted">and {countText(rest, "more problem")}</li>}
    </ul>
  );
}
