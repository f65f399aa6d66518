import type { ReactNode } from "react";
import type { Problem } from "@/api/outcome";
import { isObject, jsonTrouble, parseJson } from "@/domain/json";
import { placeText } from "@/domain/pointer";
import { JsonEditor } from "./laterForms";

/** Why a text is no JSON object; undefined where it is one. */
export function objectTrouble(text: string): string | undefined {
  try {
    return isObject(parseJson(text)) ? undefined : "Write a JSON object: names and values in braces.";
  } catch (error) {
    return jsonTrouble(error, text).message;
  }
}

interface JsonPartProps {
  readonly label: string;
  readonly text: string;
  readonly onChange: (text: string) => void;
  /** The refusals of the server, and the pointer to this part in what was sent. */
  readonly problems: readonly Problem[];
  readonly at: string;
  readonly children?: ReactNode;
}

/** One part of what a run is given, with what is wrong with it beneath, each by the name of its field. */
export function JsonPart({ label, text, onChange, problems, at, children }: JsonPartProps) {
  const trouble = objectTrouble(text);
  const own = problems.filter(({ path }) => isWithin(path, at));
  return (
    <div className="column tight">
      <h3>{label}</h3>
      {children}
      <JsonEditor label={label} text={text} onChange={onChange} />
      {trouble !== undefined && <p className="run-error small">{trouble}</p>}
      {trouble === undefined &&
        own.map(({ path, message }) => (
          <p key={`${path} ${message}`} className="run-error small" role="alert">
            {path !== at && <strong className="mono">{placeText(path.slice(at.length))}</strong>} {message}
          </p>
        ))}
    </div>
  );
}

export function isWithin(path: string, at: string): boolean {
  return path === at || path.startsWith(`${at}/`);
}
