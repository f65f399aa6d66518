import type { Role } from "@/api/generated/graphql";

export const ROLES: readonly { readonly value: Role; readonly label: string }[] = [
  { value: "VIEWER", label: "Viewer: sees everything of the team" },
  { value: "AUTHOR", label: "Author: edits graphs, publishes versions" },
  { value: "REVIEWER", label: "Reviewer: approves versions" },
  { value: "OPERATOR", label: "Operator: runs, cancels, decides" },
  { value: "MAINTAINER", label: "Maintainer: releases, deprecates" },
  { value: "ADMIN", label: "Admin: members too" },
];

export function roleWord(role: Role): string {
  return role.charAt(0) + role.slice(1).toLowerCase();
}
