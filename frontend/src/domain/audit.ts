/** Entries of the audit in words. */

import { isObject, sameJson } from "./json";

const ACTIONS: Readonly<Record<string, string>> = {
  publish_version: "published",
  submit_version: "asked for review of",
  approve_version: "approved",
  request_changes: "requested changes of",
  withdraw_review: "withdrew the review of",
  comment_review: "commented on",
  resolve_comment: "resolved a comment on",
  release_version: "released",
  deprecate_version: "deprecated",
  yank_version: "yanked",
  create_team: "created the team",
  add_member: "added",
  remove_member: "removed",
  set_roles: "set the roles of",
  create_sign_in_link: "made a sign-in link for",
  create_token: "made the token",
  revoke_token: "revoked the token",
  create_graph: "created the graph",
  delete_graph: "deleted the graph",
  save_revision: "saved a revision of",
  restore_revision: "restored a revision of",
  rename_graph: "renamed the graph",
  import_graph: "imported the graph",
  decide_wait: "decided in the run",
  send_signal: "sent a signal to the run",
  start_run: "started the run",
  start_runs: "started runs of the graph",
  cancel_run: "cancelled the run",
  pause_run: "paused the run",
  continue_run: "let the run go on",
  resume_run: "resumed the run",
  resolve_invocation: "said what became of an effect of the run",
};

/** A verb that a sentence goes on with; one that is not known reads as it is stored. */
export function actionText(action: string): string {
  return ACTIONS[action] ?? action.replaceAll("_", " ");
}

export interface FactChange {
  readonly name: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** What differs between the two sides of an entry, in the order of the later one. Absent is undefined. */
export function factChanges(before: unknown, after: unknown): FactChange[] {
  const old = isObject(before) ? before : {};
  const next = isObject(after) ? after : {};
  const names = new Set([...Object.keys(next), ...Object.keys(old)]);
  return [...names]
    .filter((name) => !sameJson(old[name], next[name]))
    .map((name) => ({ name, before: old[name], after: next[name] }));
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const MOST_NAMED = 5;

export function factText(value: unknown): string {
  if (Array.isArray(value)) return listText(value);
  if (typeof value !== "string") return JSON.stringify(value) ?? "";
  if (value.startsWith("sha256:")) return value.slice(7, 17);
  return UUID.test(value) ? `…${value.slice(-8)}` : value.replaceAll("_", " ");
}

function listText(values: readonly unknown[]): string {
  const named = values.slice(0, MOST_NAMED).map(factText).join(", ");
  if (values.length > MOST_NAMED) return `${named} and ${values.length - MOST_NAMED} more`;
  return named || "none";
}
