import { IconMinus, IconPlus, IconTilde } from "@tabler/icons-react";
import type { Change } from "@/domain/comparison";

const GLYPHS = {
  added: [IconPlus, "Added"],
  removed: [IconMinus, "Removed"],
  changed: [IconTilde, "Changed"],
} as const;

/** A change by shape and colour. */
export function ChangeGlyph({ change }: { readonly change: Change }) {
  const [Glyph, words] = GLYPHS[change];
  return (
    <span className={`change-glyph change-${change}`} role="img" aria-label={words} title={words}>
      <Glyph size={11} stroke={3} aria-hidden />
    </span>
  );
}
