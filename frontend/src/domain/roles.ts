/** What people may do in a team. */

export type Role = "VIEWER" | "AUTHOR" | "REVIEWER" | "OPERATOR" | "MAINTAINER" | "ADMIN";

interface RoleOffer {
  readonly value: Role;
  readonly label: string;
  readonly means: string;
}

/** From the one that may least; the last two include the others. */
export const ROLES: readonly RoleOffer[] = [
  { value: "VIEWER", label: "Viewer", means: "Sees everything of the team." },
  {
    value: "AUTHOR",
    label: "Author",
    means: "Edits graphs and starts runs, publishes versions, asks for review.",
  },
  { value: "REVIEWER", label: "Reviewer", means: "Approves versions of others, or requests changes." },
  { value: "OPERATOR", label: "Operator", means: "Starts and cancels runs, takes decisions in them." },
  { value: "MAINTAINER", label: "Maintainer", means: "All of these, and releases, deprecates and yanks." },
  { value: "ADMIN", label: "Admin", means: "All of these, and changes who is in the team." },
];

export function roleWord(role: string): string {
  return role.charAt(0).toUpperCase() + role.slice(1).toLowerCase();
}
