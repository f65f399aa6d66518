const LONGEST = 63;

/** The name that a title suggests for addresses: small letters, digits and hyphens, beginning with a letter. */
export function slugOf(title: string): string {
  return title
    .replaceAll("ß", "ss")
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^[^a-z]+|-+$/g, "")
    .slice(0, LONGEST)
    .replace(/-$/, "");
}
