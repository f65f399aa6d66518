import { getRouteApi } from "@tanstack/react-router";

const route = getRouteApi("/runs/$runId");

export type Pane = "timeline" | "logs" | "values";

const PANES: readonly Pane[] = ["timeline", "logs", "values"];

/** What is selected on a run's page; it stands in the address. */
export function useRunSearch() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const set = (change: { node?: string; scope?: string; pane?: Pane; tab?: string; index?: string }) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  return {
    node: search.node,
    scope: search.scope === undefined ? [] : search.scope.split("/"),
    pane: PANES.find((pane) => pane === search.pane) ?? "timeline",
    index: search.index,
    tab: search.tab,
    set,
  };
}
