import { IconPlayerPlay } from "@tabler/icons-react";
import { Code } from "@/design/code/Code";
import { Empty, Loading } from "@/design/Message";
import { StatusMark } from "@/design/StatusMark";
import { countText, durationText } from "@/domain/words";
import type { Result } from "./useOperation";

export function ResultView({ result }: { readonly result: Result }) {
  switch (result.kind) {
    case "none":
      return (
        <Empty icon={IconPlayerPlay} title="Nothing has been run yet">
          Ctrl-Enter runs the operation at the cursor. Subscriptions go on until you stop them.
        </Empty>
      );
    case "asking":
      return <Loading rows={8} label="Waiting for the answer" />;
    case "problem":
      return (
        <p className="explorer-problem" role="alert">
          {result.message}
        </p>
      );
    case "answer":
      return <Code path="answer.json" text={result.text} />;
    case "stream":
      return <Stream result={result} />;
  }
}

function Stream({ result }: { readonly result: Extract<Result, { kind: "stream" }> }) {
  return (
    <>
      {result.trouble !== undefined && (
        <p className="explorer-problem" role="alert">
          {result.trouble}
        </p>
      )}
      {result.count === 0 && result.isOpen && (
        <p className="explorer-note muted">Listening. Nothing has come yet.</p>
      )}
      {result.count === 0 && !result.isOpen && result.trouble === undefined && (
        <p className="explorer-note muted">It was stopped before anything came.</p>
      )}
      {result.count > 0 && <Code path="frames.json" text={result.frames.join("\n\n")} />}
    </>
  );
}

/** How it stands, beside the title of the answer. */
export function ResultState({ result }: { readonly result: Result }) {
  if (result.kind === "answer") return <span className="small muted mono">{durationText(result.took)}</span>;
  if (result.kind !== "stream") return null;
  return (
    <span className="row small muted">
      {result.isOpen ? <StatusMark status="running" label="Listening" /> : <span>Ended,</span>}
      <span>
        {countText(result.count, "frame")}
        {result.count > 1 && ", newest first"}
      </span>
    </span>
  );
}
