import { Button, Select, TextInput } from "@mantine/core";
import { IconPlus, IconSearch, IconSitemap } from "@tabler/icons-react";
import { getRouteApi, Link } from "@tanstack/react-router";
import { GraphsDocument, type GraphsQuery, ViewerDocument } from "@/api/generated/graphql";
import { useReading } from "@/api/useReading";
import { Inline } from "@/design/Inline";
import { Ago } from "@/design/Instant";
import { Empty, Failure, Loading } from "@/design/Message";
import { Page, Panel } from "@/design/Page";
import { Pager, usePages } from "@/design/Pager";
import { StatusMark } from "@/design/StatusMark";
import { lower } from "@/domain/status";
import { NewGraph } from "./NewGraph";

const route = getRouteApi("/graphs");
const PAGE = 100;

export function GraphsPage() {
  const { q = "", team, new: creating } = route.useSearch();
  const navigate = route.useNavigate();
  const viewer = useReading(ViewerDocument, {});
  const pages = usePages(`${q} ${team ?? ""}`);
  const variables = { search: q, team: team ?? null, first: PAGE, after: pages.after };
  const reading = useReading(GraphsDocument, variables, { changes: ["graph", "run"] });
  const memberships = viewer.kind === "ready" ? (viewer.data.viewer?.teams ?? []) : [];
  const set = (change: { q?: string; team?: string; new?: string }) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  return (
    <Page
      title="Graphs"
      lead="Compositions of modules. What a team saves is a revision; what it runs never changes afterwards."
      actions={
        <Button leftSection={<IconPlus size={14} />} onClick={() => set({ new: "yes" })}>
          New graph
        </Button>
      }
    >
      <div className="row">
        <TextInput
          aria-label="Search graphs"
          placeholder="Search graphs"
          leftSection={<IconSearch size={14} />}
          value={q}
          onChange={(event) => set({ q: event.currentTarget.value })}
          w={280}
        />
        <Select
          aria-label="Team"
          placeholder="Every team"
          clearable
          data={memberships.map((membership) => ({
            value: membership.team.slug,
            label: membership.team.title,
          }))}
          value={team ?? null}
          onChange={(next) => set({ team: next ?? "" })}
        />
      </div>
      <Panel flush>
        {reading.kind === "loading" && <Loading rows={6} />}
        {reading.kind === "failed" && (
          <Failure title="The graphs could not be read" onRetry={reading.again}>
            {reading.message}
          </Failure>
        )}
        {reading.kind === "ready" && (
          <GraphTable data={reading.data} filtered={q !== "" || team !== undefined} />
        )}
      </Panel>
      {reading.kind === "ready" && <Pager pages={pages} info={reading.data.graphs.pageInfo} />}
      {creating !== undefined && <NewGraph memberships={memberships} onClose={() => set({ new: "" })} />}
    </Page>
  );
}

function GraphTable({ data, filtered }: { readonly data: GraphsQuery; readonly filtered: boolean }) {
  const graphs = data.graphs.edges.map(({ node }) => node);
  if (graphs.length === 0) {
    return filtered ? (
      <Empty icon={IconSearch} title="No graph matches">
        Try a shorter search, or look in every team.
      </Empty>
    ) : (
      <Empty icon={IconSitemap} title="No graphs yet">
        A graph wires modules together, output port to input port. Make one with “New graph”.
      </Empty>
    );
  }
  return (
    <table className="table" aria-label="Graphs">
      <thead>
        <tr>
          <th>Graph</th>
          <th>Team</th>
          <th>Revision</th>
          <th className="end">Nodes</th>
          <th>Last run</th>
          <th className="end">Changed</th>
        </tr>
      </thead>
      <tbody>
        {graphs.map((graph) => (
          <tr key={graph.id}>
            <td>
              <Link to="/graphs/$graphId" params={{ graphId: graph.id }} className="table-link">
                {graph.title}
              </Link>
              {graph.doc !== "" && (
                <span className="muted">
                  {" "}
                  <Inline text={graph.doc} />
                </span>
              )}
            </td>
            <td>{graph.team.title}</td>
            <td className="mono">
              {graph.head ? `r${graph.head.number}` : <span className="muted">draft</span>}
            </td>
            <td className="end">{graph.nodeCount}</td>
            <td>
              {graph.lastRun ? (
                <Link to="/runs/$runId" params={{ runId: graph.lastRun.id }}>
                  <StatusMark status={lower(graph.lastRun.status)} />
                </Link>
              ) : (
                <span className="muted">Never</span>
              )}
            </td>
            <td className="end muted">
              <Ago at={graph.updatedAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
