import { getRouteApi } from "@tanstack/react-router";
import { SettingsDocument, type SettingsQuery } from "@/api/generated/graphql";
import { useReading } from "@/api/useReading";
import { Failure, Loading } from "@/design/Message";
import { Page } from "@/design/Page";
import { Tabs } from "@/design/Tabs";
import { Appearance } from "./Appearance";
import { AuditTab } from "./AuditTab";
import { HealthTab } from "./HealthTab";
import { Teams } from "./Teams";
import { Tokens } from "./Tokens";
import "./settings.css";

const route = getRouteApi("/settings");
const TABS = [
  { id: "teams", label: "Teams and members" },
  { id: "tokens", label: "Tokens" },
  { id: "audit", label: "Audit" },
  { id: "appearance", label: "Appearance" },
  { id: "health", label: "Health" },
] as const;

export type Viewer = NonNullable<SettingsQuery["viewer"]>;
export type Member = Viewer["teams"][number]["team"]["members"][number];

export function SettingsPage() {
  const { tab } = route.useSearch();
  const navigate = route.useNavigate();
  const reading = useReading(SettingsDocument, {}, { changes: ["team"] });
  const current = TABS.find(({ id }) => id === tab)?.id ?? "teams";
  return (
    <Page title="Settings" width={current === "audit" ? "full" : "reading"}>
      <Tabs
        label="Settings"
        tabs={TABS}
        current={current}
        onChange={(next) => void navigate({ search: { tab: next === "teams" ? "" : next }, replace: true })}
      />
      {reading.kind === "loading" && <Loading rows={6} />}
      {reading.kind === "failed" && (
        <Failure title="The settings could not be read" onRetry={reading.again}>
          {reading.message}
        </Failure>
      )}
      {reading.kind === "ready" && reading.data.viewer && (
        <>
          {current === "teams" && <Teams viewer={reading.data.viewer} onChanged={reading.again} />}
          {current === "tokens" && <Tokens viewer={reading.data.viewer} onChanged={reading.again} />}
          {current === "audit" && <AuditTab />}
          {current === "appearance" && <Appearance />}
          {current === "health" && <HealthTab health={reading.data.health} onAgain={reading.again} />}
        </>
      )}
    </Page>
  );
}
