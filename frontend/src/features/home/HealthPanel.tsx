import type { HomeQuery } from "@/api/generated/graphql";
import { Facts, Panel } from "@/design/Page";

export function HealthPanel({ health }: { readonly health: HomeQuery["health"] }) {
  return (
    <Panel title="This installation">
      <Facts
        facts={[
          ["Database", health.database],
          ["Engine", health.engine],
          [
            "Sandbox",
            <span key="rung" title={health.rungHow}>
              R{health.rung} · {health.rungName}
            </span>,
          ],
          [
            "Version",
            <span key="version" className="mono">
              {health.version}
            </span>,
          ],
        ]}
      />
    </Panel>
  );
}
