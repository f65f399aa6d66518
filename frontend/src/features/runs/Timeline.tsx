import { IconTimeline } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef } from "react";
import type { LiveRun } from "@/api/useRunFeed";
import { Empty } from "@/design/Message";
import { StatusMark } from "@/design/StatusMark";
import { APPEARANCE } from "@/design/status";
import { axisOf, bars, ticks } from "@/domain/timeline";
import { durationText } from "@/domain/words";
import { useTitleOf } from "./runTitles";
import { useRunNow } from "./useRunNow";

interface TimelineProps {
  readonly live: LiveRun;
  readonly startedAt: string | undefined;
  readonly selected: string | undefined;
  readonly onSelect: (node: string) => void;
}

const ROW = 26;

/** When each node ran. Works while the run does; only the rows on screen are drawn. */
export function Timeline({ live, startedAt, selected, onSelect }: TimelineProps) {
  const { view } = live;
  const now = useRunNow(live);
  const titleOf = useTitleOf();
  const host = useRef<HTMLDivElement>(null);
  const axis = view === undefined ? undefined : axisOf(view, startedAt, now);
  const rows = view === undefined || axis === undefined ? [] : bars(view, axis, now);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => host.current,
    estimateSize: () => ROW,
    overscan: 12,
  });
  if (axis === undefined || rows.length === 0) {
    return (
      <Empty icon={IconTimeline} title="Nothing has started yet">
        A bar appears here for every node as soon as it does.
      </Empty>
    );
  }
  const { queued, end } = axis;
  const width = (milliseconds: number) => `${(milliseconds / (queued + end)) * 100}%`;
  const left = (milliseconds: number) => width(milliseconds + queued);
  return (
    <div className="timeline" ref={host}>
      <div className="timeline-axis" aria-hidden="true">
        <div className="timeline-lane">
          {ticks(end).map((tick) => (
            <span key={tick} style={{ left: left(tick) }}>
              {durationText(tick)}
            </span>
          ))}
        </div>
      </div>
      {queued > 0 && (
        <div className="timeline-queue">
          <span className="timeline-name">
            <StatusMark status="queued" iconOnly />
            <span className="ellipsis muted">In the queue</span>
          </span>
          <span className="timeline-lane">
            <span className="timeline-bar" style={{ left: 0, width: width(queued) }} />
          </span>
          <span className="timeline-took mono">{durationText(queued)}</span>
        </div>
      )}
      <ul style={{ height: virtual.getTotalSize() }} aria-label="Nodes by when they started">
        {virtual.getVirtualItems().map((item) => {
          const bar = rows[item.index];
          if (bar === undefined) return null;
          return (
            <li key={bar.node} style={{ transform: `translateY(${item.start}px)` }}>
              <button
                type="button"
                className={`timeline-row${bar.node === selected ? " timeline-selected" : ""}`}
                onClick={() => onSelect(bar.node)}
              >
                <span className="timeline-name">
                  <StatusMark status={bar.state} iconOnly />
                  <span className="ellipsis" title={bar.node}>
                    {titleOf(bar.node)}
                  </span>
                </span>
                <span className="timeline-lane">
                  <span
                    className={`timeline-bar${bar.isOpen ? " timeline-open" : ""}`}
                    style={{
                      left: left(bar.from),
                      width: width(bar.to - bar.from),
                      background: APPEARANCE[bar.state].colour,
                    }}
                  />
                </span>
                <span className="timeline-took mono">{durationText(bar.to - bar.from)}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
