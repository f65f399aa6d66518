import { IconFiles } from "@tabler/icons-react";
import { getRouteApi } from "@tanstack/react-router";
import { Empty } from "@/design/Message";
import { FileList } from "./FileList";
import { FileView } from "./FileView";
import type { ReviewViewProps } from "./review";
import { threadsOf } from "./threads";
import { useFileKeys } from "./useFileKeys";
import { orderedFiles, useTicks } from "./viewed";

const route = getRouteApi("/reviews/$reviewId");

/** The files, before and after, with what was said about their lines. */
export function SourceTab({ review, onChanged }: ReviewViewProps) {
  const { file } = route.useSearch();
  const navigate = route.useNavigate();
  const [ticks, tick] = useTicks(review.id);
  const files = orderedFiles(review.files);
  const place = Math.max(
    0,
    files.findIndex(({ path }) => path === file),
  );
  const shown = files[place];
  const show = (path: string) => void navigate({ search: { tab: "source", file: path }, replace: true });
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
      <FileList files={files} current={shown.path} ticks={ticks} threads={threads} onShow={show} />
      <FileView
        key={`${shown.path} ${shown.digest ?? ""}`}
        review={review}
        file={shown}
        ticks={ticks}
        threads={threads}
        onTick={() => tick(shown)}
        onChanged={onChanged}
      />
    </div>
  );
}
