/** For a box that scrolls and holds nothing that takes the focus: the keyboard has to get into it, too. */
export const SCROLLS = { tabIndex: 0, role: "group", "aria-label": "Value" } as const;
