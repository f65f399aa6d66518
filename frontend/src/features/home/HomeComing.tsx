import { Coming, Lines } from "@/design/Message";
import { Page, Panel } from "@/design/Page";
import "./home.css";

/** Home before it is read: its panels, at their places. */
export function HomeComing() {
  return (
    <Page title="Home">
      <Coming>
        <div className="home">
          <div className="home-needs">
            <Panel title="Needs you" flush>
              <Lines rows={4} />
            </Panel>
          </div>
          <div className="home-main">
            <Panel title="Active runs" flush>
              <Lines rows={2} />
            </Panel>
            <Panel title="Graphs">
              <div className="samples">
                {["a", "b", "c"].map((place) => (
                  <div key={place} className="sample sample-coming">
                    <Lines rows={4} />
                  </div>
                ))}
              </div>
            </Panel>
            <Panel title="Finished lately" flush>
              <Lines rows={6} />
            </Panel>
          </div>
          <div className="home-health">
            <Panel title="This installation" flush>
              <Lines rows={4} />
            </Panel>
          </div>
        </div>
      </Coming>
    </Page>
  );
}
