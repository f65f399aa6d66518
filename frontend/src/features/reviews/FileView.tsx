import { Checkbox } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { getRouteApi } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { ReviewFileDocument } from "@/api/generated/graphql";
import { useReading } from "@/api/useReading";
import { later } from "@/design/later";
import { Failure, Loading } from "@/design/Message";
import { bytesText } from "@/domain/words";
import { CommentForm } from "./CommentForm";
import { FileLine } from "./FileLine";
import { type Pending, usePending } from "./pending";
import type { Comment, ReviewOnShow, ReviewViewProps } from "./review";
import { PendingView, ThreadView } from "./ThreadView";
import { type Thread, threadsByLine } from "./threads";
import { isViewed, type Ticks } from "./viewed";

export const CodeDiff = later(
  () => import("@/design/code/CodeDiff").then(({ CodeDiff }) => CodeDiff),
  <Loading rows={8} />,
);
const route = getRouteApi("/reviews/$reviewId");

interface FileViewProps extends ReviewViewProps {
  readonly file: ReviewOnShow["files"][number];
  /** The bundle that it is compared with, where it is not the base. */
  readonly since: string | undefined;
  readonly ticks: Ticks;
  readonly threads: readonly Thread<Comment>[];
  readonly onTick: () => void;
}

export function FileView(props: FileViewProps) {
  const { review, file, since, ticks, onTick } = props;
  const reading = useReading(ReviewFileDocument, { id: review.id, path: file.path, since: since ?? null });
  const texts = reading.kind === "ready" ? reading.data.review?.files[0] : undefined;
  const isText = texts !== undefined && ((texts.before ?? null) !== null || (texts.after ?? null) !== null);
  return (
    <section className="review-file" aria-label={file.path}>
      <header className="row file-head">
        <FileLine file={file} />
        <span className="small muted file-size">
          {file.change}
          {typeof file.bytes === "number" && `, ${bytesText(file.bytes)}`}
        </span>
        <Checkbox className="push" label="Viewed" checked={isViewed(ticks, file)} onChange={onTick} />
      </header>
      {reading.kind === "loading" && <Loading rows={8} />}
      {reading.kind === "failed" && (
        <Failure title="The file could not be read" onRetry={reading.again}>
          {reading.message}
        </Failure>
      )}
      {texts !== undefined && !isText && (
        <p className="muted file-note">
          It is too large or no text to be shown; only its digest is compared.
        </p>
      )}
      {texts !== undefined && isText && (
        <FileDiff {...props} before={texts.before ?? null} after={texts.after ?? null} />
      )}
    </section>
  );
}

interface FileDiffProps extends FileViewProps {
  readonly before: string | null;
  readonly after: string | null;
}

function FileDiff({ review, file, threads, before, after, onChanged }: FileDiffProps) {
  const { line } = route.useSearch();
  const [writing, setWriting] = useState<number>();
  const isWide = useMediaQuery("(min-width: 1180px)", true, { getInitialValueInEffect: false });
  const { list } = usePending(review.id);
  const talk = threadsByLine(threads, file.path);
  const kept = keptByLine(list, file.path);
  const notes = new Map<number, ReactNode>();
  for (const at of new Set([...talk.keys(), ...kept.keys(), ...(writing === undefined ? [] : [writing])])) {
    const thread = talk.get(at);
    notes.set(
      at,
      <div className="column tight">
        {thread !== undefined && <ThreadView review={review} thread={thread} onChanged={onChanged} />}
        <PendingView review={review.id} list={kept.get(at) ?? []} />
        {writing === at && (
          <CommentForm
            review={review}
            anchor={{ kind: "line", file: file.path, line: at }}
            onChanged={onChanged}
            onDone={() => setWriting(undefined)}
          />
        )}
      </div>,
    );
  }
  const mayComment = review.viewerMay.includes("comment") && after !== null;
  return (
    <>
      <CodeDiff
        path={file.path}
        before={before}
        after={after}
        isSplit={isWide}
        notes={notes}
        shownLine={line === undefined ? undefined : Number(line)}
        onLine={mayComment ? setWriting : undefined}
      />
      {mayComment && (
        <p className="small muted file-note">
          Press a line number of the new side, or Enter on a line, to comment on it.
        </p>
      )}
    </>
  );
}

function keptByLine(list: readonly Pending[], file: string): ReadonlyMap<number, readonly Pending[]> {
  const found = new Map<number, Pending[]>();
  for (const each of list) {
    if (each.anchor.kind !== "line" || each.anchor.file !== file) continue;
    found.set(each.anchor.line, [...(found.get(each.anchor.line) ?? []), each]);
  }
  return found;
}
