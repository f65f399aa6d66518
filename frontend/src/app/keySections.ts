import type { KeySection } from "@/design/KeySheet";

const EVERYWHERE: KeySection = {
  title: "Everywhere",
  keys: [
    ["Ctrl K", "Search everything"],
    ["G, then H", "Home"],
    ["G, then C", "Catalog"],
    ["G, then G", "Graphs"],
    ["G, then R", "Runs"],
    ["G, then V", "Reviews"],
    ["G, then S", "Settings"],
    ["?", "This sheet"],
  ],
};

const TABS: KeySection = { title: "Tabs of a page", keys: [["← →", "The tab before, the tab after"]] };

const REVIEW: KeySection = {
  title: "Source of a review",
  keys: [
    ["N, P", "The next file, the one before"],
    ["M", "Mark the file as viewed, or not"],
    ["Enter on a line", "Comment on it"],
    ["Ctrl Enter", "Send the comment"],
  ],
};

const EXPLORER: KeySection = {
  title: "API explorer",
  keys: [
    ["Ctrl Enter", "Run the operation at the cursor"],
    ["Ctrl Space", "Complete what is being written"],
    ["Tab", "Leave the editor"],
  ],
};

const TABBED: readonly RegExp[] = [/^\/catalog\/.+/, /^\/reviews/, /^\/settings/, /^\/runs\/.+/];

/** What can be pressed at an address, the most particular first. The studio has a sheet of its own. */
export function keySectionsAt(path: string): readonly KeySection[] {
  return [
    ...(path.startsWith("/reviews/") ? [REVIEW] : []),
    ...(path === "/explorer" ? [EXPLORER] : []),
    ...(TABBED.some((pattern) => pattern.test(path)) ? [TABS] : []),
    EVERYWHERE,
  ];
}
