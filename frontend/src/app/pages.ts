import { type LatePage, latePage } from "./latePage";

type PageName =
  | "catalog"
  | "module"
  | "graphs"
  | "studio"
  | "runs"
  | "run"
  | "compare"
  | "reviews"
  | "review"
  | "settings"
  | "explorer";

/** Each comes on its own, so that what a visitor does not open costs nothing. */
export const pages: Readonly<Record<PageName, LatePage>> = {
  catalog: latePage(() => import("@/features/catalog/CatalogPage").then(({ CatalogPage }) => CatalogPage)),
  module: latePage(() => import("@/features/catalog/ModulePage").then(({ ModulePage }) => ModulePage)),
  graphs: latePage(() => import("@/features/graphs/GraphsPage").then(({ GraphsPage }) => GraphsPage)),
  studio: latePage(() => import("@/features/studio/StudioPage").then(({ StudioPage }) => StudioPage)),
  runs: latePage(() => import("@/features/runs/RunsPage").then(({ RunsPage }) => RunsPage)),
  run: latePage(() => import("@/features/runs/RunPage").then(({ RunPage }) => RunPage)),
  compare: latePage(() => import("@/features/runs/ComparePage").then(({ ComparePage }) => ComparePage)),
  reviews: latePage(() => import("@/features/reviews/ReviewsPage").then(({ ReviewsPage }) => ReviewsPage)),
  review: latePage(() => import("@/features/reviews/ReviewPage").then(({ ReviewPage }) => ReviewPage)),
  settings: latePage(() =>
    import("@/features/settings/SettingsPage").then(({ SettingsPage }) => SettingsPage),
  ),
  explorer: latePage(() =>
    import("@/features/explorer/ExplorerPage").then(({ ExplorerPage }) => ExplorerPage),
  ),
};
