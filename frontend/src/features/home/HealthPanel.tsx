import type { HomeQuery } from "@/api/generated/graphql";
import { useConnection } from "@/api/socket";
import { Facts, Panel } from "@/design/Page";

const NOT_KNOWN = <span className="muted">not known</span>;

export function HealthPanel({ health }: { readonly health: HomeQuery["health"] }) {
  const isHeard = useConnection().kind !== "stale";
  return (
    <Panel title="This installation">
      <Facts
        facts={[
          ["Database", isHeard ? health.database : NOT_KNOWN],
          ["Engine", isHeard ? health.engine : NOT_KNOWN],
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
