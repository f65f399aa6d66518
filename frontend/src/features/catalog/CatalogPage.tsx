import { SegmentedControl, Select, TextInput } from "@mantine/core";
import { IconPackages, IconSearch } from "@tabler/icons-react";
import { getRouteApi } from "@tanstack/react-router";
import { CatalogDocument, type VersionState } from "@/api/generated/graphql";
import { useReading } from "@/api/useReading";
import { Empty, Failure, Loading } from "@/design/Message";
import { Page } from "@/design/Page";
import { PORT_KINDS } from "@/domain/ports";
import { countText } from "@/domain/words";
import { Facets } from "./Facets";
import { ModuleCards } from "./ModuleCards";
import { ModuleTable } from "./ModuleTable";
import "./catalog.css";

const route = getRouteApi("/catalog");
const PAGE = 100;

export function CatalogPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { q = "", owner, runtime, tag, state, gives, takes, view = "cards" } = search;
  const set = (change: Partial<typeof search>) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  const variables = {
    search: q,
    owner: owner ?? null,
    runtime: runtime ?? null,
    tag: tag ?? null,
    state: (state?.toUpperCase() as VersionState | undefined) ?? null,
    gives: gives ?? null,
    takes: takes ?? null,
    first: PAGE,
  };
  const reading = useReading(CatalogDocument, variables, { changes: ["version"] });
  const modules = reading.kind === "ready" ? reading.data.modules.edges.map(({ node }) => node) : [];
  return (
    <Page title="Catalog" lead="Modules with typed, versioned contracts. What is released never changes.">
      <div className="catalog">
        <Facets chosen={{ owner, runtime, tag, state }} onChange={set} />
        <div className="column">
          <div className="row wrap">
            <TextInput
              aria-label="Search the catalog"
              placeholder="What should it do?"
              leftSection={<IconSearch size={14} />}
              value={q}
              onChange={(event) => set({ q: event.currentTarget.value })}
              w={280}
            />
            <PortChoice label="Takes" value={takes} onChange={(kind) => set({ takes: kind })} />
            <PortChoice label="Gives" value={gives} onChange={(kind) => set({ gives: kind })} />
            <span className="small muted push">
              {reading.kind === "ready" && countText(modules.length, "module")}
            </span>
            <SegmentedControl
              aria-label="Show as"
              data={[
                { value: "cards", label: "Cards" },
                { value: "table", label: "Table" },
              ]}
              value={view}
              onChange={(next) => set({ view: next })}
            />
          </div>
          {reading.kind === "loading" && <Loading rows={8} />}
          {reading.kind === "failed" && (
            <Failure title="The catalog could not be read" onRetry={reading.again}>
              {reading.message}
            </Failure>
          )}
          {reading.kind === "ready" && modules.length === 0 && (
            <Empty icon={IconPackages} title="No module matches">
              Search for what it does, or for the kind of port you need. New ones come in with “lamina
              publish”.
            </Empty>
          )}
          {modules.length > 0 &&
            (view === "table" ? <ModuleTable modules={modules} /> : <ModuleCards modules={modules} />)}
        </div>
      </div>
    </Page>
  );
}

interface PortChoiceProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly onChange: (kind: string) => void;
}

function PortChoice({ label, value, onChange }: PortChoiceProps) {
  return (
    <Select
      aria-label={`${label} a port of kind`}
      placeholder={`${label}…`}
      data={PORT_KINDS.map((kind) => ({ value: kind, label: `${label} ${kind}` }))}
      value={value ?? null}
      onChange={(next) => onChange(next ?? "")}
      clearable
      w={136}
    />
  );
}
