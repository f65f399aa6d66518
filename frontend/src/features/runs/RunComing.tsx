import { Coming, Line, Lines } from "@/design/Message";
import { useRunSearch } from "./useRunSearch";

/** A run before it is read: head, canvas, panes, and the inspector where a node is chosen. */
export function RunComing() {
  const { node } = useRunSearch();
  return (
    <Coming>
      <div className="run-page">
        <header className="run-head run-head-coming">
          <Line width={240} />
          <Line width={420} />
        </header>
        <div className="run-body">
          <div className="run-work">
            <div className="run-graph" />
            <div className="run-panes">
              <div className="tabs">
                <span className="tab">
                  <Line width={160} />
                </span>
              </div>
              <Lines rows={6} />
            </div>
          </div>
          {node !== undefined && (
            <aside className="inspector">
              <Lines rows={6} />
            </aside>
          )}
        </div>
      </div>
    </Coming>
  );
}
