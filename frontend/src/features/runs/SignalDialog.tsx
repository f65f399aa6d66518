import { useState } from "react";
import { SendSignalDocument } from "@/api/generated/graphql";
import { useVerb } from "@/api/useVerb";
import { VerbDialog } from "@/design/VerbDialog";
import { isObject, readJson } from "@/domain/json";
import { AnswerForm } from "./AnswerForm";
import { refusalOf } from "./refusals";
import type { OpenWait } from "./WaitCards";

interface SignalDialogProps {
  readonly run: string;
  readonly open: OpenWait;
  readonly onClose: () => void;
}

/** Sends the value that a node waits for. */
export function SignalDialog({ run, open, onClose }: SignalDialogProps) {
  const [text, setText] = useState(() => blank(open.schema));
  const [trouble, setTrouble] = useState<string>();
  const send = useVerb(SendSignalDocument);
  const name = open.name ?? "";
  const act = async () => {
    const input = { run, name, value: readJson(text) };
    const refusal = refusalOf(await send.run({ input }, { quiet: true }), "/value");
    if (refusal === undefined) onClose();
    else setTrouble(refusal);
  };
  return (
    <VerbDialog
      title={`Send the signal ${name}`}
      action="Send"
      busy={send.busy}
      isReady={readJson(text) !== undefined}
      trouble={trouble}
      onAct={() => void act()}
      onClose={onClose}
    >
      <AnswerForm label="Value" schema={open.schema} text={text} onChange={setText} />
    </VerbDialog>
  );
}

/** What stands there before somebody has written anything: no value, unless the schema has one. */
function blank(schema: unknown): string {
  if (!isObject(schema) || schema["type"] === undefined) return "null";
  if ("default" in schema) return JSON.stringify(schema["default"]);
  return schema["type"] === "object" ? "{}" : "";
}
