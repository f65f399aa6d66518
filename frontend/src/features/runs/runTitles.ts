import { createContext, useContext } from "react";
import { parseGraph, titleAt } from "@/domain/graph";

type TitleOf = (path: string) => string;

/** What people call the node at a path, with the sub-graphs around it. */
export function titlesOf(document: unknown): TitleOf {
  const graph = parseGraph(document);
  const known = new Map<string, string>();
  return (path) => {
    const found = known.get(path);
    if (found !== undefined) return found;
    const ids = path.split("/");
    const title = ids.map((_, place) => titleAt(graph, ids.slice(0, place + 1).join("/"))).join(" › ");
    known.set(path, title);
    return title;
  };
}

const Titles = createContext<TitleOf>((path) => path);
export const TitlesProvider = Titles.Provider;

export function useTitleOf(): TitleOf {
  return useContext(Titles);
}
