import { Coming, Line, Lines } from "@/design/Message";
import { Page, Panel } from "@/design/Page";

/** A review before it is read: heading, tabs, what changes on the left, what judges it on the right. */
export function ReviewComing({ isOverview }: { readonly isOverview: boolean }) {
  return (
    <Page title="Review" heading={<Line width={280} />} lead={<Line width={420} />}>
      <Coming>
        <div className="tabs">
          {[64, 60, 56, 84, 52].map((width) => (
            <span key={width} className="tab">
              <Line width={width} />
            </span>
          ))}
        </div>
        {isOverview ? (
          <div className="review">
            <div className="column">
              <PanelComing rows={1} />
              <PanelComing rows={3} />
              <PanelComing rows={4} />
            </div>
            <div className="column">
              <PanelComing rows={4} />
              <PanelComing rows={2} />
            </div>
          </div>
        ) : (
          <PanelComing rows={8} />
        )}
      </Coming>
    </Page>
  );
}

function PanelComing({ rows }: { readonly rows: number }) {
  return (
    <Panel title={<Line width={160} />} flush>
      <Lines rows={rows} />
    </Panel>
  );
}
