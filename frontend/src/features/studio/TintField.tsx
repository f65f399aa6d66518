import { TINTS, type Tint } from "@/domain/annotations";
import { useStudio } from "./studioContext";

interface TintFieldProps {
  readonly value: Tint;
  readonly onChange: (tint: Tint) => void;
}

export function TintField({ value, onChange }: TintFieldProps) {
  const { mayEdit } = useStudio();
  return (
    <fieldset className="tints" disabled={!mayEdit}>
      <legend>Colour</legend>
      {TINTS.map((tint) => (
        <button
          key={tint}
          type="button"
          className={`tint tint-${tint}`}
          aria-label={tint}
          title={tint}
          aria-pressed={tint === value}
          onClick={() => onChange(tint)}
        />
      ))}
    </fieldset>
  );
}
