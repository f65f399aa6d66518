import { HomeDocument, type HomeQuery } from "@/api/generated/graphql";
import { useReading } from "@/api/useReading";
import { Failure } from "@/design/Message";
import { Page, Panel } from "@/design/Page";
import { RunTable } from "@/design/RunTable";
import { runSummary } from "@/domain/run";
import { FirstSteps } from "./FirstSteps";
import { HealthPanel } from "./HealthPanel";
import { HomeComing } from "./HomeComing";
import { NeedsYou } from "./NeedsYou";
import { SampleGraphs } from "./SampleGraphs";
import "./home.css";

export function HomePage() {
  const reading = useReading(HomeDocument, {}, { changes: ["run", "review", "graph"] });
  if (reading.kind === "loading") return <HomeComing />;
  if (reading.kind === "failed") {
    return (
      <Page title="Home">
        <Failure title="Home could not be read" onRetry={reading.again}>
          {reading.message}
        </Failure>
      </Page>
    );
  }
  return <HomeView data={reading.data} />;
}

function HomeView({ data }: { readonly data: HomeQuery }) {
  const active = data.active.edges.map(({ node }) => runSummary(node));
  const recent = data.recent.edges.map(({ node }) => runSummary(node));
  const troubled = data.attention.edges.map(({ node }) => runSummary(node));
  const graphs = data.graphs.edges.map(({ node }) => node);
  const mayRun = graphs.some(({ viewerMay }) => viewerMay.includes("run"));
  const isNew = active.length + recent.length + troubled.length === 0;
  return (
    <Page title="Home">
      {isNew && <FirstSteps samples={graphs.length === 0 ? "none" : mayRun ? "to run" : "to look at"} />}
      <div className="home">
        <div className="home-needs">
          <NeedsYou
            runs={troubled}
            reviews={data.reviews.edges.map(({ node }) => node)}
            hasMore={data.attention.pageInfo.hasNextPage || data.reviews.pageInfo.hasNextPage}
          />
        </div>
        <div className="home-main">
          <Panel title="Active runs" flush>
            {active.length === 0 ? (
              <p className="home-quiet">
                {mayRun
                  ? "Nothing is running. Start a sample below, or a graph of your own."
                  : "Nothing is running."}
              </p>
            ) : (
              <RunTable runs={active} label="Active runs" brief />
            )}
          </Panel>
          <SampleGraphs graphs={graphs} />
          {recent.length > 0 && (
            <Panel title="Finished lately" flush>
              <RunTable runs={recent} label="Runs that succeeded lately" brief />
            </Panel>
          )}
        </div>
        <div className="home-health">
          <HealthPanel health={data.health} />
        </div>
      </div>
    </Page>
  );
}
