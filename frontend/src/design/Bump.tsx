import { brief } from "@/domain/json";
import { Inline } from "./Inline";
import "./bump.css";

const LEVELS = ["major", "minor", "patch"] as const;

export function Bump({ level }: { readonly level: string }) {
  const known = LEVELS.find((each) => each === level.toLowerCase());
  return <span className={`bump bump-${known ?? "patch"}`}>{level.toLowerCase()}</span>;
}

export interface Reason {
  readonly level: string;
  readonly path: string;
  readonly message: string;
  readonly witness?: unknown;
}

/** What changed in a contract, what it amounts to, and the value that proves it. */
export function Reasons({ reasons }: { readonly reasons: readonly Reason[] }) {
  if (reasons.length === 0) return <p className="muted reasons-none">Nothing in the contract changed.</p>;
  return (
    <ul className="reasons">
      {reasons.map((reason) => (
        <li key={`${reason.path} ${reason.message}`}>
          <Bump level={reason.level} />
          <div className="grow">
            <p>
              <Inline text={reason.message} />
            </p>
            <code className="mono muted">{reason.path}</code>
            {reason.witness !== null && reason.witness !== undefined && (
              <p className="witness">
                <span className="muted">For example</span>{" "}
                <code className="mono">{brief(reason.witness, 240)}</code>
              </p>
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}
