import { Fragment } from "react";

const CODE = /`([^`]+)`/;

/** A line of prose that somebody wrote: what stands in backticks is code. */
export function Inline({ text }: { readonly text: string }) {
  // Every second part is what a pair of backticks held.
  const parts = text.split(CODE);
  let place = 0;
  return parts.map((part, index) => {
    const key = place;
    place += part.length;
    return index % 2 === 1 ? (
      <code key={`code ${key}`} className="inline-code">
        {part}
      </code>
    ) : (
      <Fragment key={`text ${key}`}>{part}</Fragment>
    );
  });
}
