import { IconMessage } from "@tabler/icons-react";
import { getRouteApi } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { Loading } from "@/design/Message";
import { parseAnchor } from "./anchors";
import { CommentForm, CommentList } from "./Comments";
import type { ReviewViewProps } from "./ReviewPage";

const CodeDiff = lazy(() => import("@/design/code/CodeDiff").then(({ CodeDiff }) => ({ default: CodeDiff })));
const route = getRouteApi("/reviews/$reviewId");
const SIGNS: Readonly<Record<string, string>> = { added: "+", removed: "−", changed: "~", equal: "" };

/** The source, before and after. A press on a line number comments on that line. */
export function FilesTab({ review, onChanged }: ReviewViewProps) {
  const { file } = route.useSearch();
  const navigate = route.useNavigate();
  const [line, setLine] = useState<number>();
  const ordered = [...review.files].sort(
    (a, b) => Number(a.change === "equal") - Number(b.change === "equal"),
  );
  const shown = ordered.find(({ path }) => path === file) ?? ordered[0];
  if (shown === undefined) return <p className="muted">This version has no files.</p>;
  const here = (path: string) =>
    review.comments.filter((comment) => {
      const anchor = parseAnchor(comment.anchor);
      return anchor.kind === "line" && anchor.file === path;
    });
  const comments = here(shown.path);
  return (
    <div className="review-files">
      <nav aria-label="Files">
        {ordered.map(({ path, change }) => (
          <button
            key={path}
            type="button"
            aria-current={path === shown.path}
            className={`file-${change}`}
            onClick={() => {
              setLine(undefined);
              void navigate({ search: (before) => ({ ...before, file: path }), replace: true });
            }}
          >
            <span className="file-sign mono" title={change}>
              {SIGNS[change] ?? ""}
            </span>
            <span className="grow ellipsis mono">{path}</span>
            {here(path).length > 0 && (
              <span className="row tight small muted">
                <IconMessage size={12} aria-hidden /> {here(path).length}
              </span>
            )}
          </button>
        ))}
      </nav>
      <div className="review-file">
        {shown.before === null && shown.after === null ? (
          <p className="muted file-note">This file is not text. Only its digest is compared.</p>
        ) : (
          <Suspense fallback={<Loading rows={8} />}>
            <CodeDiff
              key={shown.path}
              path={shown.path}
              before={shown.before ?? ""}
              after={shown.after ?? ""}
              onLine={setLine}
            />
          </Suspense>
        )}
        {(comments.length > 0 || line !== undefined) && (
          <div className="file-comments">
            <CommentList review={review} comments={comments} onChanged={onChanged} />
            {line !== undefined && (
              <CommentForm
                key={line}
                review={review}
                anchor={{ kind: "line", file: shown.path, line }}
                onChanged={onChanged}
                onDone={() => setLine(undefined)}
              />
            )}
          </div>
        )}
      </div>
    </div>
  );
}
