import { textAt } from "@/domain/json";
import { errorText } from "@/domain/run";
import { durationText, instantText } from "@/domain/words";

const PARTS = ["Queue", "Serialise", "Transport", "Validate", "Execute"] as const;
const TINTS = [
  "var(--status-queued)",
  "var(--port-string)",
  "var(--port-list)",
  "var(--port-table)",
  "var(--status-running)",
] as const;

interface AttemptsProps {
  readonly attempts: readonly {
    readonly attempt: number;
    readonly error?: unknown;
    readonly at: string;
    readonly costUs?: readonly number[] | null;
  }[];
  readonly costUs: readonly number[] | null;
  /** Items of a map are called together; the cost is one item's part of it. */
  readonly isShared: boolean;
}

/** Every try is kept, with what each boundary it crossed has cost. */
export function Attempts({ attempts, costUs, isShared }: AttemptsProps) {
  return (
    <div className="column">
      {costUs !== null && <Cost costUs={costUs} />}
      {costUs !== null && isShared && (
        <p className="small muted inspector-note">
          Items that are called together share the cost: this is one item’s part.
        </p>
      )}
      <ol className="attempts">
        {attempts.map((each) => (
          <li key={each.attempt}>
            <div className="row">
              <strong>Attempt {each.attempt}</strong>
              <span className="small muted push">
                {each.costUs && <span className="mono">{durationText(sumOf(each.costUs) / 1000)}</span>} until{" "}
                {instantText(each.at)}
              </span>
            </div>
            {each.error ? (
              <p className="run-error small">
                <span className="mono">{textAt(each.error, "name")}</span> {errorText(each.error)}
              </p>
            ) : (
              <p className="small muted">Gave its outputs.</p>
            )}
            {each.costUs && <CostStrip costUs={each.costUs} />}
          </li>
        ))}
      </ol>
      {attempts.length === 0 && !isShared && (
        <p className="muted inspector-note">No attempt has ended yet.</p>
      )}
    </div>
  );
}

function sumOf(costUs: readonly number[]): number {
  return costUs.reduce((sum, each) => sum + each, 0);
}

function Cost({ costUs }: { readonly costUs: readonly number[] }) {
  const total = sumOf(costUs);
  return (
    <div className="cost">
      <CostStrip costUs={costUs} />
      <dl>
        {costUs.map((each, place) => (
          <div key={PARTS[place]}>
            <dt>
              <i style={{ background: TINTS[place] }} aria-hidden="true" />
              {PARTS[place]}
            </dt>
            <dd className="mono">{durationText(each / 1000)}</dd>
          </div>
        ))}
        <div>
          <dt>Together</dt>
          <dd className="mono">{durationText(total / 1000)}</dd>
        </div>
      </dl>
    </div>
  );
}

function CostStrip({ costUs }: { readonly costUs: readonly number[] }) {
  const label = costUs.map((each, place) => `${PARTS[place]} ${durationText(each / 1000)}`).join(", ");
  return (
    <div className="count-strip" role="img" aria-label={label} title={label}>
      {costUs.map((each, place) => (
        <span key={PARTS[place]} style={{ flexGrow: each, background: TINTS[place] }} />
      ))}
    </div>
  );
}
