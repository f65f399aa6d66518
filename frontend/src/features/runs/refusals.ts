import type { Outcome } from "@/api/outcome";
import { placeText } from "@/domain/pointer";

/** Why a verb was not carried out, each field under `at` by its place; undefined where it was. */
export function refusalOf(came: Outcome<unknown>, at = ""): string | undefined {
  if (came.kind === "done") return undefined;
  if (came.kind !== "refused") return came.message;
  return came.problems
    .map(({ path, message }) =>
      at !== "" && path.startsWith(`${at}/`) ? `${placeText(path.slice(at.length))}: ${message}` : message,
    )
    .join(" ");
}
