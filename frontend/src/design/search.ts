import { createContext, useContext } from "react";

/** Opens the search over everything; the shell provides it to what stands inside. */
export const OpenSearch = createContext<() => void>(() => undefined);

export function useOpenSearch(): () => void {
  return useContext(OpenSearch);
}
