import { later } from "@/design/later";
import { Loading } from "@/design/Message";
import type { NamedRefusal } from "./refusals";

export const JsonEditor = later(
  () => import("@/design/code/JsonEditor").then(({ JsonEditor }) => JsonEditor),
  <Loading />,
);

interface TryFieldProps {
  readonly title: string;
  readonly label: string;
  readonly text: string;
  /** Why the text is not JSON, as far as it is none. */
  readonly trouble: string | undefined;
  readonly refusals: readonly NamedRefusal[];
  readonly onChange: (text: string) => void;
}

/** One document to write, with what is wrong with it right below. */
export function TryField({ title, label, text, trouble, refusals, onChange }: TryFieldProps) {
  return (
    <div className="column tight">
      <h3>{title}</h3>
      <JsonEditor label={label} text={text} onChange={onChange} />
      {trouble !== undefined && (
        <p className="run-error small" role="alert">
          This is not JSON: {trouble}
        </p>
      )}
      <div role="alert">
        {refusals.length > 0 && (
          <ul className="try-refusals small" aria-label={`What is wrong with ${label.toLowerCase()}`}>
            {refusals.map(({ place, message }) => (
              <li key={`${place} ${message}`} className="run-error">
                {place !== "" && <code className="mono">{place}</code>} {message}
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}
