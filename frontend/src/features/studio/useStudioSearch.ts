import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useMemo, useRef } from "react";

const route = getRouteApi("/graphs/$graphId");

export type View = "canvas" | "outline";
export type Panel = "problems" | "history";

interface Change {
  readonly select?: ReadonlySet<string>;
  readonly scope?: readonly string[];
  readonly view?: View;
  readonly panel?: Panel | undefined;
  readonly run?: string | undefined;
  /** Two sides, such as 3..draft. */
  readonly compare?: string | undefined;
}

/** An address does not hold a thousand names; what goes beyond lasts until the page is left. */
const NAMES_IN_ADDRESS = 40;

function shortened(ids: Iterable<string>): string {
  return [...ids].slice(0, NAMES_IN_ADDRESS).join(" ");
}

/** What is shown and selected in the studio; it stands in the address. */
export function useStudioSearch() {
  const { select = "", scope = "", view, panel, run, compare } = route.useSearch();
  const navigate = route.useNavigate();
  const chosen = useRef<ReadonlySet<string>>(new Set());
  const set = useCallback(
    ({ select: ids, scope: path, ...rest }: Change) => {
      if (ids !== undefined) chosen.current = ids;
      void navigate({
        search: (before) => {
          const next: Record<string, string | undefined> = { ...before, ...rest };
          if (ids !== undefined) next["select"] = shortened(ids);
          if (path !== undefined) {
            next["scope"] = path.join("/");
            next["select"] = "";
          }
          return next as typeof before;
        },
        replace: true,
      });
    },
    [navigate],
  );
  return useMemo(
    () => ({
      selected:
        shortened(chosen.current) === select
          ? chosen.current
          : (new Set(select === "" ? [] : select.split(" ")) as ReadonlySet<string>),
      scope: scope === "" ? [] : scope.split("/"),
      view: view === "outline" ? ("outline" as const) : ("canvas" as const),
      panel: panel === "problems" || panel === "history" ? (panel as Panel) : undefined,
      run,
      compare,
      set,
    }),
    [select, scope, view, panel, run, compare, set],
  );
}
