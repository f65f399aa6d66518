import { Select } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import { useEffect } from "react";
import { ModulePageDocument, type ModulePageQuery, VersionDetailDocument } from "@/api/generated/graphql";
import { useReading } from "@/api/useReading";
import { Inline } from "@/design/Inline";
import { Failure, Loading } from "@/design/Message";
import { NotThere } from "@/design/NotThere";
import { Page } from "@/design/Page";
import { StatusMark } from "@/design/StatusMark";
import { APPEARANCE } from "@/design/status";
import { type Tab, Tabs } from "@/design/Tabs";
import { lower } from "@/domain/status";
import { ContractTab } from "./ContractTab";
import { DependantsTab } from "./DependantsTab";
import { DocsTab, Prose } from "./DocsTab";
import { MissingVersion } from "./MissingVersion";
import { Code, SourceTab } from "./SourceTab";
import { JsonEditor } from "./TryField";
import { TryTab } from "./TryTab";
import { VersionActions } from "./VersionActions";
import { VersionsTab } from "./VersionsTab";
import "./catalog.css";

const route = getRouteApi("/catalog/$team/$name");
const TABS = ["docs", "contract", "versions", "source", "dependants", "try"] as const;
type TabId = (typeof TABS)[number];
export type ModuleOnShow = NonNullable<ModulePageQuery["module"]>;

const LATE_PARTS = [Prose, Code, JsonEditor];

export function ModulePage() {
  const { team, name } = route.useParams();
  useEffect(() => {
    for (const part of LATE_PARTS) void part.fetch();
  }, []);
  const reading = useReading(
    ModulePageDocument,
    { name: `${team}/${name}` },
    { changes: ["version", "review", "graph"] },
  );
  if (reading.kind !== "ready") {
    return (
      <Page title={`${team}/${name}`}>
        {reading.kind === "loading" ? (
          <Loading rows={8} />
        ) : (
          <Failure title="The module could not be read" onRetry={reading.again}>
            {reading.message}
          </Failure>
        )}
      </Page>
    );
  }
  const { module } = reading.data;
  return module ? <ModuleView module={module} /> : <NotThere what="module" />;
}

function ModuleView({ module }: { readonly module: ModuleOnShow }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const set = (change: Partial<typeof search>) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  const current: TabId = TABS.find((id) => id === search.tab) ?? "docs";
  const shown =
    search.version === undefined
      ? module.versions[0]
      : module.versions.find(({ version }) => version === search.version);
  const tabs: Tab<TabId>[] = [
    { id: "docs", label: "Docs" },
    { id: "contract", label: "Contract" },
    { id: "versions", label: "Versions", count: module.versions.length },
    { id: "source", label: "Source" },
    { id: "dependants", label: "Used by", count: module.dependants.length },
    { id: "try", label: "Try it" },
  ];
  if (shown === undefined) return <MissingVersion module={module} version={search.version} />;
  return (
    <Page
      title={module.name}
      heading={
        <span className="row">
          <span>
            <span className="muted">{module.name.split("/")[0]} / </span>
            {module.name.split("/")[1]}
          </span>
          <StatusMark status={lower(shown.state)} />
        </span>
      }
      lead={<Inline text={module.summary} />}
      actions={
        <>
          <Select
            aria-label="Version"
            className="mono"
            data={module.versions.map(({ version, state }) => ({
              value: version,
              label:
                state === "RELEASED"
                  ? version
                  : `${version} · ${APPEARANCE[lower(state)].word.toLowerCase()}`,
            }))}
            value={shown.version}
            onChange={(version) => set({ version: version ?? "" })}
            w={188}
          />
          <VersionActions module={module} version={shown} />
        </>
      }
    >
      <Tabs label="About this module" tabs={tabs} current={current} onChange={(tab) => set({ tab })} />
      <VersionBody module={module} version={shown.version} tab={current} />
    </Page>
  );
}

interface VersionBodyProps {
  readonly module: ModuleOnShow;
  readonly version: string;
  readonly tab: TabId;
}

function VersionBody({ module, version, tab }: VersionBodyProps) {
  const reading = useReading(VersionDetailDocument, { name: module.name, version }, { changes: ["version"] });
  if (tab === "versions") return <VersionsTab module={module} />;
  if (tab === "dependants") return <DependantsTab module={module} />;
  if (reading.kind === "loading") return <Loading rows={8} />;
  if (reading.kind === "failed") {
    return (
      <Failure title="The version could not be read" onRetry={reading.again}>
        {reading.message}
      </Failure>
    );
  }
  const detail = reading.data.moduleVersion;
  if (!detail) {
    return (
      <Failure title="This version is not there any more" onRetry={reading.again}>
        Its bundle could not be found.
      </Failure>
    );
  }
  switch (tab) {
    case "docs":
      return <DocsTab module={module} detail={detail} />;
    case "contract":
      return <ContractTab contract={detail.contract} />;
    case "source":
      return <SourceTab name={module.name} version={version} files={detail.files} />;
    case "try":
      return <TryTab key={detail.id} detail={detail} />;
  }
}
