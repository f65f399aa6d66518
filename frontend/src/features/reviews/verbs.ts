/** What can be done with a review, in words, from the mildest to the one that leads. */

export type VerbId = "withdraw" | "request_changes" | "submit" | "approve" | "release";

export interface Verb {
  readonly id: VerbId;
  readonly label: string;
  readonly action: string;
  readonly hint: string;
  readonly done: string;
  /** What the message is called; undefined where there is none. */
  readonly message?: string;
  readonly isMessageNeeded?: boolean;
  readonly isDangerous?: boolean;
  /** Whether kept comments go out with it. */
  readonly isVerdict?: boolean;
  /** Takes the version a step on, towards its release. */
  readonly leads?: boolean;
}

export const VERBS: readonly Verb[] = [
  {
    id: "withdraw",
    label: "Withdraw",
    action: "Withdraw the review",
    hint: "The version goes back to draft. Comments stay in this review; a later submission opens a new one.",
    done: "The review is withdrawn.",
    isDangerous: true,
  },
  {
    id: "request_changes",
    label: "Request changes",
    action: "Request changes",
    hint: "The version goes back to its author as a draft, with your comments.",
    done: "The author has been asked for changes.",
    message: "What has to change",
    isMessageNeeded: true,
    isVerdict: true,
  },
  {
    id: "submit",
    leads: true,
    label: "Submit again",
    action: "Submit for review",
    hint: "Reviewers look at the bundle that is published under this number now.",
    done: "It is in review again.",
    message: "What changed since",
  },
  {
    id: "approve",
    leads: true,
    label: "Approve",
    action: "Approve this bundle",
    hint: "Your approval holds for exactly this bundle. Another upload under the same number drops it.",
    done: "Approved.",
    message: "Message",
    isVerdict: true,
  },
  {
    id: "release",
    leads: true,
    label: "Release",
    action: "Release for good",
    hint: "A released version never changes. Graphs whose range it matches take it at their next lock.",
    done: "Released.",
    message: "Reason",
  },
];
