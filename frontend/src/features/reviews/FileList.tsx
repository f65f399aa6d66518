import { IconCheck, IconMessage } from "@tabler/icons-react";
import { FileLine } from "./FileLine";
import type { Comment, ReviewOnShow } from "./review";
import type { Thread } from "./threads";
import { isViewed, type Ticks } from "./viewed";

type File = ReviewOnShow["files"][number];

interface FileListProps {
  readonly files: readonly File[];
  readonly current: string;
  readonly ticks: Ticks;
  readonly threads: readonly Thread<Comment>[];
  readonly onShow: (path: string) => void;
}

export function FileList({ files, current, ticks, threads, onShow }: FileListProps) {
  const changed = files.filter(({ change }) => change !== "equal");
  const seen = changed.filter((file) => isViewed(ticks, file)).length;
  const talk = (path: string) =>
    threads.filter(({ anchor }) => anchor.kind === "line" && anchor.file === path).length;
  return (
    <nav aria-label="Files">
      <div className="files-progress">
        <div className="row small muted">
          <span>
            {seen} of {changed.length} viewed
          </span>
          <span className="push" title="n: next file, p: previous file, m: mark as viewed">
            <kbd className="key">n</kbd> <kbd className="key">p</kbd> <kbd className="key">m</kbd>
          </span>
        </div>
        <progress max={Math.max(1, changed.length)} value={seen} aria-label="Files viewed" />
      </div>
      {files.map((file) => (
        <button
          key={file.path}
          type="button"
          aria-current={file.path === current}
          className="file-button"
          onClick={() => onShow(file.path)}
        >
          <FileLine file={file} />
          {talk(file.path) > 0 && (
            <span className="row tight small muted" title="Threads in this file">
              <IconMessage size={12} aria-hidden /> {talk(file.path)}
            </span>
          )}
          {isViewed(ticks, file) && <IconCheck size={14} className="file-seen" aria-label="viewed" />}
        </button>
      ))}
    </nav>
  );
}
