import { Button, TextInput } from "@mantine/core";
import { IconArrowDown, IconNotes, IconSearch } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, useState } from "react";
import { Empty } from "@/design/Message";
import { brief, isObject } from "@/domain/json";
import { clockText, countText } from "@/domain/words";
import { useTitleOf } from "./runTitles";
import { type LogLine, useLogLines } from "./useLogLines";

interface LogTailProps {
  readonly run: string;
  readonly node: string | undefined;
  readonly onWiden: () => void;
}

const ROW = 20;
const NEAR_END = 24;

/** The end of the log, followed until somebody scrolls up; then it counts what is new. */
export function LogTail({ run, node, onWiden }: LogTailProps) {
  const { lines: all } = useLogLines(run, node);
  const titleOf = useTitleOf();
  const [search, setSearch] = useState("");
  const [pausedAt, setPausedAt] = useState<number>();
  const host = useRef<HTMLDivElement>(null);
  const lines =
    search === "" ? all : all.filter((line) => line.message.toLowerCase().includes(search.toLowerCase()));
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => host.current,
    estimateSize: () => ROW,
    overscan: 20,
  });
  const isFollowing = pausedAt === undefined;
  useEffect(() => {
    if (isFollowing && lines.length > 0) virtual.scrollToIndex(lines.length - 1, { align: "end" });
  }, [isFollowing, lines.length, virtual]);
  const onScroll = () => {
    const element = host.current;
    if (element === null) return;
    const isAtEnd = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END;
    setPausedAt((before) => (isAtEnd ? undefined : (before ?? lines.length)));
  };
  const fresh = pausedAt === undefined ? 0 : lines.length - pausedAt;
  return (
    <div className="log">
      <div className="row log-tools">
        <TextInput
          aria-label="Search the log"
          placeholder="Search the log"
          leftSection={<IconSearch size={14} />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          w={240}
        />
        <span className="small muted">{countText(lines.length, "line")}</span>
        {node !== undefined && (
          <button type="button" className="tag" onClick={onWiden}>
            only {titleOf(node)} ×
          </button>
        )}
        {!isFollowing && (
          <Button
            className="push"
            size="compact-xs"
            variant="light"
            leftSection={<IconArrowDown size={12} />}
            onClick={() => setPausedAt(undefined)}
          >
            {fresh > 0 ? `${countText(fresh, "new line")}` : "Follow the end"}
          </Button>
        )}
      </div>
      {lines.length === 0 ? (
        <Empty icon={IconNotes} title={search === "" ? "No log lines" : "No line matches"}>
          Modules write here with <code>context.log</code>; progress shows up as well.
        </Empty>
      ) : (
        <div className="log-lines" ref={host} onScroll={onScroll} role="log" aria-live="off">
          <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
            {virtual.getVirtualItems().map((item) => {
              const line = lines[item.index];
              if (line === undefined) return null;
              return <Line key={line.line} line={line} offset={item.start} withNode={node === undefined} />;
            })}
          </div>
        </div>
      )}
    </div>
  );
}

interface LineProps {
  readonly line: LogLine;
  readonly offset: number;
  readonly withNode: boolean;
}

function Line({ line, offset, withNode }: LineProps) {
  const titleOf = useTitleOf();
  const fields = isObject(line.fields) && Object.keys(line.fields).length > 0 ? brief(line.fields, 200) : "";
  return (
    <div className={`log-line log-${line.level}`} style={{ transform: `translateY(${offset}px)` }}>
      <span className="log-at">{clockText(line.at)}</span>
      <span className="log-level">{line.level}</span>
      {withNode && (
        <span className="log-node ellipsis" title={line.node}>
          {titleOf(line.node)}
        </span>
      )}
      <span className="log-message">
        {line.message} <span className="muted">{fields}</span>
      </span>
    </div>
  );
}
