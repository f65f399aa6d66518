import { Button, SegmentedControl, Select, TextInput } from "@mantine/core";
import { IconPackages, IconSearch } from "@tabler/icons-react";
import { getRouteApi } from "@tanstack/react-router";
import { CatalogDocument, type CatalogQuery, type VersionState } from "@/api/generated/graphql";
import { useReading } from "@/api/useReading";
import { Empty, Failure } from "@/design/Message";
import { Page } from "@/design/Page";
import { Pager, usePages } from "@/design/Pager";
import { PORT_KINDS } from "@/domain/ports";
import { countText } from "@/domain/words";
import { Facets } from "./Facets";
import { ModuleCards } from "./ModuleCards";
import { ModulesComing } from "./ModulesComing";
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
  const pages = usePages([q, owner, runtime, tag, state, gives, takes].join(" "));
  const variables = {
    search: q,
    owner: owner ?? null,
    runtime: runtime ?? null,
    tag: tag ?? null,
    state: (state?.toUpperCase() as VersionState | undefined) ?? null,
    gives: gives ?? null,
    takes: takes ?? null,
    first: PAGE,
    after: pages.after,
  };
  const reading = useReading(CatalogDocument, variables, { changes: ["version"] });
  const isFiltered = [q, owner, runtime, tag, state, gives, takes].some((each) => each);
  const clear = () => void navigate({ search: view === "table" ? { view } : {}, replace: true });
  const modules = reading.kind === "ready" ? reading.data.modules.edges.map(({ node }) => node) : [];
  return (
    <Page title="Catalog" lead="Modules with typed, versioned contracts. What is released never changes.">
      <div className="catalog">
        <Facets chosen={{ owner, runtime, tag, state }} onChange={set} />
        <div className="column">
          <div className="catalog-bar">
            <TextInput
              aria-label="Search the catalog"
              placeholder="What should it do?"
              leftSection={<IconSearch size={14} />}
              value={q}
              onChange={(event) => set({ q: event.currentTarget.value })}
              className="catalog-search"
            />
            <PortChoice label="Takes" value={takes} onChange={(kind) => set({ takes: kind })} />
            <PortChoice label="Gives" value={gives} onChange={(kind) => set({ gives: kind })} />
            <span className="small muted catalog-count">
              {reading.kind === "ready" && countOf(reading.data.modules, pages.isFirst)}
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
          {reading.kind === "loading" && <ModulesComing isTable={view === "table"} />}
          {reading.kind === "failed" && (
            <Failure title="The catalog could not be read" onRetry={reading.again}>
              {reading.message}
            </Failure>
          )}
          {reading.kind === "ready" && modules.length === 0 && (
            <NoModules isFiltered={isFiltered} onClear={clear} />
          )}
          {modules.length > 0 &&
            (view === "table" ? <ModuleTable modules={modules} /> : <ModuleCards modules={modules} />)}
          {reading.kind === "ready" && <Pager pages={pages} info={reading.data.modules.pageInfo} />}
        </div>
      </div>
    </Page>
  );
}

function countOf({ edges, pageInfo }: CatalogQuery["modules"], isFirst: boolean): string {
  if (!isFirst) return `${countText(edges.length, "module")} on this page`;
  return pageInfo.hasNextPage ? `the first ${edges.length} modules` : countText(edges.length, "module");
}

interface NoModulesProps {
  readonly isFiltered: boolean;
  readonly onClear: () => void;
}

function NoModules({ isFiltered, onClear }: NoModulesProps) {
  if (!isFiltered) {
    return (
      <Empty icon={IconPackages} title="No modules yet">
        They come in with <code className="inline-code">lamina publish ./module</code>, from the folder of a
        module.
      </Empty>
    );
  }
  const action = (
    <Button variant="default" onClick={onClear}>
      Clear search and filters
    </Button>
  );
  return (
    <Empty icon={IconPackages} title="No module matches" action={action}>
      Search for what it does, or for the kind of port you need.
    </Empty>
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
      className="catalog-port"
    />
  );
}
