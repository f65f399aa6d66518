import { IconFiles } from "@tabler/icons-react";
import { getRouteApi } from "@tanstack/react-router";
import { ReviewFilesSinceDocument } from "@/api/generated/graphql";
import { useReading } from "@/api/useReading";
import { Empty, Failure, Loading } from "@/design/Message";
import { FileList } from "./FileList";
import { FileView } from "./FileView";
import type { ReviewOnShow, ReviewViewProps } from "./review";
import { lastRound, sinceWhat } from "./rounds";
import { SinceChoice } from "./SinceChoice";
import { threadsOf } from "./threads";
import { useFileKeys } from "./useFileKeys";
import { orderedFiles, useTicks } from "./viewed";

const route = getRouteApi("/reviews/$reviewId");

/** The files, before and after, with what was said about their lines. */
export function SourceTab(props: ReviewViewProps) {
  const { review } = props;
  const { since: chosen } = route.useSearch();
  const round = sinceWhat(review, chosen) === "round" ? lastRound(review) : undefined;
  const reading = useReading(
    ReviewFilesSinceDocument,
    { id: review.id, since: round ?? "" },
    { pause: round === undefined },
  );
  if (round === undefined) return <Files {...props} files={review.files} />;
  if (reading.kind === "loading") return <Loading rows={8} />;
  if (reading.kind === "failed") {
    return (
      <Failure title="The last round could not be read" onRetry={reading.again}>
        {reading.message}
      </Failure>
    );
  }
  return <Files {...props} files={reading.data.review?.files ?? []} since={round} />;
}

interface FilesProps extends ReviewViewProps {
  readonly files: ReviewOnShow["files"];
  /** The bundle that they are compared with, where it is not the base. */
  readonly since?: string;
}

function Files({ review, onChanged, files: unordered, since }: FilesProps) {
  const { file, since: chosen } = route.useSearch();
  const navigate = route.useNavigate();
  const [ticks, tick] = useTicks(review.id);
  const files = orderedFiles(unordered);
  const place = Math.max(
    0,
    files.findIndex(({ path }) => path === file),
  );
  const shown = files[place];
  const show = (path: string) =>
    void navigate({ search: { tab: "source", file: path, since: chosen ?? "" }, replace: true });
  const step = (by: number) => {
    const next = files[place + by];
    if (next !== undefined) show(next.path);
  };
  useFileKeys({ onStep: step, onTick: () => shown !== undefined && tick(shown) });
  if (shown === undefined) {
    return (
      <Empty icon={IconFiles} title="No files">
        This version’s bundle is empty.
      </Empty>
    );
  }
  const threads = threadsOf(review.comments);
  return (
    <div className="review-files">
      <div>
        <SinceChoice review={review} />
        <FileList files={files} current={shown.path} ticks={ticks} threads={threads} onShow={show} />
      </div>
      <FileView
        key={`${shown.path} ${shown.digest ?? ""} ${since ?? ""}`}
        review={review}
        since={since}
        file={shown}
        ticks={ticks}
        threads={threads}
        onTick={() => tick(shown)}
        onChanged={onChanged}
      />
    </div>
  );
}
