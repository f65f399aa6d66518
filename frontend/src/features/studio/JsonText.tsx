import { useState } from "react";
import { parseJson } from "@/domain/json";
import { JsonEditor } from "./laterForms";

interface JsonTextProps {
  readonly label: string;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
  readonly isLabelHidden?: boolean;
}

/** A JSON value as text; what cannot be read yet stays in the field with the reason. */
export function JsonText({ label, value, onChange, isLabelHidden = false }: JsonTextProps) {
  const [text, setText] = useState(() => JSON.stringify(value ?? null, null, 2));
  const [trouble, setTrouble] = useState<string>();
  const change = (next: string) => {
    setText(next);
    try {
      onChange(parseJson(next));
      setTrouble(undefined);
    } catch (error) {
      setTrouble(error instanceof Error ? error.message : "This is not JSON.");
    }
  };
  return (
    <div className="column tight">
      {!isLabelHidden && <h3>{label}</h3>}
      <JsonEditor label={label} text={text} onChange={change} />
      {trouble !== undefined && <p className="run-error small">{trouble}</p>}
    </div>
  );
}
