import { Button } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import type { SettingsQuery } from "@/api/generated/graphql";
import { useConnection } from "@/api/socket";
import { Facts, Panel } from "@/design/Page";
import { StatusMark } from "@/design/StatusMark";

interface HealthTabProps {
  readonly health: SettingsQuery["health"];
  readonly onAgain: () => void;
}

/** Whether this installation works, and how strongly it walls modules off. */
export function HealthTab({ health, onAgain }: HealthTabProps) {
  const again = (
    <Button size="compact-xs" variant="default" leftSection={<IconRefresh size={14} />} onClick={onAgain}>
      Check again
    </Button>
  );
  return (
    <div className="column settings">
      <Panel title="This installation" aside={again}>
        <Facts
          facts={[
            ["Database", <Working key="database" text={health.database} />],
            ["Engine", <Working key="engine" text={health.engine} />],
            [
              "Version",
              <span key="version" className="mono">
                {health.version}
              </span>,
            ],
          ]}
        />
      </Panel>
      <Panel title="Sandbox">
        <Facts
          facts={[
            ["Rung", `R${health.rung}, ${health.rungName}`],
            ["Go higher", health.rungHow === "" ? "This is the strongest that there is." : health.rungHow],
          ]}
        />
        <p className="small muted health-note">
          Modules that ask for more than this rung are refused, never run with less. On the server,{" "}
          <code className="mono">.venv/bin/python manage.py doctor</code> shows every rung with what it lacks.
        </p>
      </Panel>
    </div>
  );
}

function Working({ text }: { readonly text: string }) {
  if (useConnection().kind === "stale") return <span className="muted">not known, it does not answer</span>;
  return text === "ok" ? (
    <StatusMark status="passed" label="Works" />
  ) : (
    <StatusMark status="failed" label={text} />
  );
}
