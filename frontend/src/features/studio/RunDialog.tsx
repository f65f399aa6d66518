import { Button, Checkbox, Modal, SegmentedControl } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useEnvironment } from "@/api/signedIn";
import { PortLabel } from "@/design/PortGlyph";
import "@/design/dialog.css";
import { isSend } from "@/design/VerbDialog";
import { type GraphDocument, graphInputs, titleAt } from "@/domain/graph";
import { isObject, objectAt, readJson } from "@/domain/json";
import { pinsByPath } from "@/domain/pins";
import { type Port, portsOf } from "@/domain/ports";
import { titled } from "@/domain/problems";
import { readRunList, refusedAt } from "@/domain/runList";
import { sampleInputs, sampleOf } from "@/domain/sample";
import { isWithin, JsonPart } from "./JsonPart";
import { ListPart } from "./ListPart";
import { useStudio } from "./studioContext";
import { useStarting } from "./useStarting";

function titleOf(upto: unknown, from: unknown): string {
  if (upto !== undefined) return "Run up to here";
  return from === undefined ? "Run this draft" : "Run from here";
}

function namesOf(document: GraphDocument, paths: readonly string[]): string {
  const names = paths.slice(0, 3).map((path) => titleAt(document, path));
  return paths.length > 3 ? `${names.join(", ")} and ${paths.length - 3} more` : names.join(", ");
}

interface RunDialogProps {
  readonly upto: readonly string[] | undefined;
  readonly from: readonly string[] | undefined;
  /** The inputs of many runs as they were last written. */
  readonly list: string | undefined;
  readonly onList: (list: string) => void;
  readonly onClose: () => void;
}

/** Starts the draft as it stands, once or for each of a list. The inputs of the last time are offered again. */
export function RunDialog({ upto, from, list: written, onList, onClose }: RunDialogProps) {
  const { graph, document, draft } = useStudio();
  const [isPinned, setPinned] = useState(true);
  const [isList, setList] = useState(false);
  const inputs = graphInputs(document);
  const ports = useMemo(() => portsOf(Object.fromEntries(graphInputs(document))), [document]);
  const parameters = objectAt(document, "parameters");
  const hasParameters = Object.keys(objectAt(parameters, "properties")).length > 0;
  const { environment } = useEnvironment();
  const [last, setLast] = useLocalStorage({ key: `lamina-inputs-${graph.id}`, defaultValue: "" });
  const names = new Set(inputs.map(([name]) => name));
  const old = readJson(last);
  const isOldFit = isObject(old) && Object.keys(old).every((name) => names.has(name)) && last !== "{}";
  const [text, setText] = useState(() => (isOldFit ? last : JSON.stringify(sampleInputs(inputs), null, 2)));
  const [first] = useState(() => `${JSON.stringify(isOldFit ? old : sampleInputs(inputs))}\n`);
  const lines = written ?? first;
  const [isWritten, setWritten] = useState(false);
  const [given, setGiven] = useState(() => JSON.stringify(sampleOf(parameters) ?? {}, null, 2));
  const { busy, problems, forget, startOnce, startEach } = useStarting(onClose);
  const list = useMemo(() => readRunList(lines, ports), [lines, ports]);
  const refused = refusedAt(problems, list);
  const pins = pinsByPath(document, draft.pins);
  const values = readJson(text);
  const settings = readJson(given);
  const isGiven = isList ? list.items.length > 0 && list.faults.length === 0 : isObject(values);
  const isReady = isGiven && (!hasParameters || isObject(settings));
  const write = (change: (text: string) => void) => (text: string) => {
    setWritten(true);
    change(text);
  };
  const start = () => {
    if (!isReady || busy) return;
    const asked = {
      document,
      parameters: hasParameters ? settings : {},
      environment,
      upTo: upto === undefined ? null : [...upto],
      from: from === undefined ? null : [...from],
      pins: isPinned && Object.keys(pins).length > 0 ? pins : null,
    };
    if (isList) {
      void startEach(
        asked,
        list.items.map((item) => item.inputs),
      );
    } else if (isObject(values)) {
      setLast(text);
      void startOnce(asked, values);
    }
  };
  const others = refused.others.filter(
    ({ path }) => (isList || !isWithin(path, "/inputs")) && !(hasParameters && isWithin(path, "/parameters")),
  );
  return (
    <Modal opened onClose={onClose} title={titleOf(upto, from)} size="lg" closeOnClickOutside={!isWritten}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: Ctrl Enter is the key of the button below. */}
      <div className="column" onKeyDown={(event) => isSend(event) && start()}>
        <Extent upto={upto} from={from} />
        {inputs.length === 0 && <p className="muted">This graph takes no inputs.</p>}
        {inputs.length > 0 && (
          <SegmentedControl
            aria-label="How often"
            data={[
              { value: "once", label: "Once" },
              { value: "each", label: "For each of a list" },
            ]}
            value={isList ? "each" : "once"}
            onChange={(next) => {
              forget();
              setList(next === "each");
            }}
          />
        )}
        {inputs.length > 0 && !isList && (
          <JsonPart label="Inputs" text={text} onChange={write(setText)} problems={problems} at="/inputs">
            <Takes ports={ports} />
          </JsonPart>
        )}
        {isList && (
          <ListPart
            text={lines}
            onChange={write((next) => {
              forget();
              onList(next);
            })}
            count={list.items.length}
            faults={[...list.faults, ...refused.faults]}
          >
            <Takes ports={ports} />
          </ListPart>
        )}
        {hasParameters && (
          <JsonPart
            label="Parameters"
            text={given}
            onChange={write(setGiven)}
            problems={problems}
            at="/parameters"
          />
        )}
        {Object.keys(pins).length > 0 && (
          <Checkbox
            label={`Use the pinned values of ${namesOf(document, Object.keys(pins))} in place of calls`}
            checked={isPinned}
            onChange={(event) => setPinned(event.currentTarget.checked)}
          />
        )}
        {others.map((problem) => (
          <p key={`${problem.path} ${problem.message}`} className="run-error" role="alert">
            {titled(problem.message, document)}
          </p>
        ))}
        <div className="row dialog-verbs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            leftSection={<IconPlayerPlay size={14} />}
            loading={busy}
            disabled={!isReady}
            onClick={start}
            data-autofocus
          >
            {isList && isGiven && list.items.length > 1 ? `Run ${list.items.length} times` : "Run"}
          </Button>
        </div>
      </div>
    </Modal>
  );
}

/** What a run is given. */
function Takes({ ports }: { readonly ports: readonly Port[] }) {
  return (
    <div className="row wrap">
      {ports.map((port) => (
        <PortLabel
          key={port.name}
          kind={port.kind}
          name={port.name}
          type={port.required ? port.type : `${port.type}, may be left out`}
        />
      ))}
    </div>
  );
}

/** How much of the graph it is about. */
function Extent({ upto, from }: Pick<RunDialogProps, "upto" | "from">) {
  const { document } = useStudio();
  if (upto !== undefined)
    return <p className="muted">Runs {namesOf(document, upto)} and what comes before, nothing else.</p>;
  if (from === undefined) return null;
  return (
    <p className="muted">
      {namesOf(document, from)} and all after them run afresh. What comes before is taken over from earlier
      runs where nothing has changed.
    </p>
  );
}
