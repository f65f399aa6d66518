import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";

const route = getRouteApi("/graphs/$graphId");

export type View = "canvas" | "outline";
export type Panel = "problems" | "history";

interface Change {
  readonly select?: ReadonlySet<string>;
  readonly scope?: readonly string[];
  readonly view?: View;
  readonly panel?: Panel | undefined;
  readonly run?: string | undefined;
}

/** What is shown and selected in the studio; it stands in the address. */
export function useStudioSearch() {
  const { select = "", scope = "", view, panel, run } = route.useSearch();
  const navigate = route.useNavigate();
  const set = useCallback(
    ({ select: ids, scope: path, ...rest }: Change) =>
      void navigate({
        search: (before) => {
          const next: Record<string, string | undefined> = { ...before, ...rest };
          if (ids !== undefined) next["select"] = [...ids].slice(0, 20).join(" ");
          if (path !== undefined) {
            next["scope"] = path.join("/");
            next["select"] = "";
          }
          return next as typeof before;
        },
        replace: true,
      }),
    [navigate],
  );
  return useMemo(
    () => ({
      selected: new Set(select === "" ? [] : select.split(" ")) as ReadonlySet<string>,
      scope: scope === "" ? [] : scope.split("/"),
      view: view === "outline" ? ("outline" as const) : ("canvas" as const),
      panel: panel === "problems" || panel === "history" ? (panel as Panel) : undefined,
      run,
      set,
    }),
    [select, scope, view, panel, run, set],
  );
}
