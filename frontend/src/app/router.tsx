import { createRootRoute, createRoute, createRouter } from "@tanstack/react-router";
import { HomePage } from "@/features/home/HomePage";
import { NotFound } from "./NotFound";
import { PageCrash } from "./PageCrash";
import { pages } from "./pages";
import { Shell } from "./Shell";
import { parseQuery, pick, stringifyQuery } from "./search";

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });
const parent = () => root;

const home = createRoute({ getParentRoute: parent, path: "/", component: HomePage });

const catalog = createRoute({
  getParentRoute: parent,
  path: "/catalog",
  validateSearch: (query) => pick(query, ["q", "owner", "runtime", "tag", "state", "gives", "takes", "view"]),
  component: pages.catalog,
});

const module = createRoute({
  getParentRoute: parent,
  path: "/catalog/$team/$name",
  validateSearch: (query) => pick(query, ["version", "tab", "file", "against"]),
  component: pages.module,
});

const graphs = createRoute({
  getParentRoute: parent,
  path: "/graphs",
  validateSearch: (query) => pick(query, ["q", "team", "new"]),
  component: pages.graphs,
});

const studio = createRoute({
  getParentRoute: parent,
  path: "/graphs/$graphId",
  validateSearch: (query) => pick(query, ["select", "scope", "view", "panel", "run", "tab", "compare"]),
  component: pages.studio,
});

const runs = createRoute({
  getParentRoute: parent,
  path: "/runs",
  validateSearch: (query) => pick(query, ["q", "status", "graph"]),
  component: pages.runs,
});

const compare = createRoute({
  getParentRoute: parent,
  path: "/runs/compare",
  validateSearch: (query) => pick(query, ["a", "b"]),
  component: pages.compare,
});

const run = createRoute({
  getParentRoute: parent,
  path: "/runs/$runId",
  validateSearch: (query) => pick(query, ["node", "index", "tab", "scope", "pane"]),
  component: pages.run,
});

const reviews = createRoute({
  getParentRoute: parent,
  path: "/reviews",
  validateSearch: (query) => pick(query, ["state", "mine"]),
  component: pages.reviews,
});

const review = createRoute({
  getParentRoute: parent,
  path: "/reviews/$reviewId",
  validateSearch: (query) => pick(query, ["tab", "file", "line", "at", "since"]),
  component: pages.review,
});

const settings = createRoute({
  getParentRoute: parent,
  path: "/settings",
  validateSearch: (query) => pick(query, ["tab", "team"]),
  component: pages.settings,
});

const explorer = createRoute({
  getParentRoute: parent,
  path: "/explorer",
  validateSearch: (query) => pick(query, ["type", "example"]),
  component: pages.explorer,
});

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    catalog,
    module,
    graphs,
    studio,
    runs,
    compare,
    run,
    reviews,
    review,
    settings,
    explorer,
  ]),
  parseSearch: parseQuery,
  stringifySearch: stringifyQuery,
  defaultPreload: "intent",
  defaultErrorComponent: PageCrash,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
