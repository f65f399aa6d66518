import { type Outcome, problemText } from "@/api/outcome";

/** Why a verb did nothing, for the dialog that asked for it. */
export function troubleOf(came: Outcome<unknown>): string | undefined {
  if (came.kind === "done") return undefined;
  return came.kind === "refused" ? problemText(came.problems) : came.message;
}
