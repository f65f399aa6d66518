import { Inline } from "@/design/Inline";
import { Panel } from "@/design/Page";
import { StatusMark } from "@/design/StatusMark";
import { checkTitle, resultOf } from "@/domain/checks";
import type { ReviewOnShow } from "./review";

/** All but the impact, which has a panel of its own. */
const KNOWN = ["C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "C9"] as const;

/** What was found by itself, and what nothing was found out about: silence is no approval. */
export function CheckList({ checks }: { readonly checks: ReviewOnShow["checks"] }) {
  const passed = checks.filter(({ result }) => resultOf(result) === "passed").length;
  const silent = KNOWN.filter((name) => !checks.some((check) => check.name === name));
  return (
    <Panel
      title="Checks"
      aside={
        checks.length > 0 && <span className="small muted">{`${passed} of ${checks.length} passed`}</span>
      }
    >
      <ul className="review-list">
        {checks.map((check) => (
          <li key={check.name} className="row check">
            <StatusMark status={resultOf(check.result)} iconOnly label={check.result} size={16} />
            <div className="grow">
              <div>
                {checkTitle(check.name)} <span className="mono muted small">{check.name}</span>
              </div>
              <p className="small muted">
                <Inline text={check.detail} />
              </p>
            </div>
          </li>
        ))}
        {checks.length === 0 && <li className="muted">No check has run on this bundle.</li>}
      </ul>
      {checks.length > 0 && silent.length > 0 && (
        <p className="small muted checks-silent">
          Not checked by the server: {silent.map((name) => checkTitle(name).toLowerCase()).join(", ")}. Look
          at these yourself.
        </p>
      )}
    </Panel>
  );
}
