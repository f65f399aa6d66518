/** The plain id inside a Relay id (base64 of `Type:id`), for doors that are not GraphQL. */
export function plainId(id: string): string {
  try {
    const text = atob(id);
    const colon = text.indexOf(":");
    return colon < 0 ? id : text.slice(colon + 1);
  } catch {
    return id;
  }
}
