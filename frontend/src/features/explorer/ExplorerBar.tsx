import { Button, Menu } from "@mantine/core";
import { IconBook2, IconHistory, IconPlayerPlay, IconPlayerStop, IconTemplate } from "@tabler/icons-react";
import { agoText } from "@/domain/words";
import { type Draft, EXAMPLES, type Example } from "./examples";
import type { Past } from "./past";

interface ExplorerBarProps {
  readonly isBusy: boolean;
  readonly past: readonly Past[];
  readonly areDocsShown: boolean;
  readonly onRun: () => void;
  readonly onStop: () => void;
  readonly onExample: (example: Example) => void;
  readonly onPast: (draft: Draft) => void;
  readonly onForget: () => void;
  readonly onDocs: () => void;
}

export function ExplorerBar(props: ExplorerBarProps) {
  const { isBusy, past, areDocsShown, onRun, onStop, onExample, onPast, onForget, onDocs } = props;
  return (
    <div className="row explorer-bar">
      <h1>API explorer</h1>
      <div className="row push">
        <Button
          variant={areDocsShown ? "light" : "default"}
          leftSection={<IconBook2 size={14} />}
          aria-pressed={areDocsShown}
          onClick={onDocs}
        >
          Schema
        </Button>
        <Menu width={280}>
          <Menu.Target>
            <Button variant="default" leftSection={<IconTemplate size={14} />}>
              Examples
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {EXAMPLES.map((example) => (
              <Menu.Item key={example.id} onClick={() => onExample(example)}>
                {example.title}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
        <Menu width={320}>
          <Menu.Target>
            <Button variant="default" leftSection={<IconHistory size={14} />} disabled={past.length === 0}>
              History
            </Button>
          </Menu.Target>
          <Menu.Dropdown className="explorer-past">
            {past.map((each) => (
              <Menu.Item key={each.at} onClick={() => onPast(each)}>
                <span className="row">
                  <span className="ellipsis">{each.name}</span>
                  <span className="small muted push">
                    {agoText(new Date(each.at).toISOString(), Date.now())}
                  </span>
                </span>
                <span className="explorer-past-text mono small muted ellipsis">{oneLine(each.query)}</span>
              </Menu.Item>
            ))}
            <Menu.Divider />
            <Menu.Item color="red" onClick={onForget}>
              Forget them all
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
        {isBusy ? (
          <Button color="red" variant="light" leftSection={<IconPlayerStop size={14} />} onClick={onStop}>
            Stop
          </Button>
        ) : (
          <Button
            leftSection={<IconPlayerPlay size={14} />}
            onClick={onRun}
            aria-keyshortcuts="Control+Enter Meta+Enter"
          >
            Run
          </Button>
        )}
      </div>
    </div>
  );
}

/** The operation without its comments, on one line: what tells two of the same name apart. */
function oneLine(query: string): string {
  return query
    .replaceAll(/#[^\n]*/g, "")
    .replaceAll(/\s+/g, " ")
    .trim();
}
