/** What becomes of the nodes of a previewed run, in the order in which it matters to people. */
export const GROUPS = [
  { word: "RUN", title: "Carried out" },
  { word: "FAIL", title: "Would fail" },
  { word: "LATER", title: "Depends on what comes before" },
  { word: "WAIT", title: "Waits" },
  { word: "REUSE", title: "Taken over" },
  { word: "PIN", title: "Pinned" },
  { word: "SKIP", title: "Skipped" },
  { word: "LEAVE_OUT", title: "Left out" },
] as const;

export type PreviewWord = (typeof GROUPS)[number]["word"];

/** Nodes by word, each group in the order of the plan. */
export function grouped<Node extends { readonly word: PreviewWord }>(
  nodes: readonly Node[],
): ReadonlyMap<PreviewWord, readonly Node[]> {
  const found = new Map<PreviewWord, Node[]>();
  for (const node of nodes) {
    const group = found.get(node.word);
    if (group === undefined) found.set(node.word, [node]);
    else group.push(node);
  }
  return found;
}
