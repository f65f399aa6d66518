import { getRouteApi } from "@tanstack/react-router";
import { useEffect } from "react";
import { Panel } from "@/design/Page";
import { ContractChange } from "./ContractChange";
import { PortList } from "./PortList";
import type { ReviewViewProps } from "./review";

const route = getRouteApi("/reviews/$reviewId");

/** Each change between the two contracts: what it amounts to, whom it breaks, and the value that shows it. */
export function ContractTab({ review, onChanged }: ReviewViewProps) {
  const { at } = route.useSearch();
  useEffect(() => {
    if (at !== undefined) document.getElementById(placeId(at))?.scrollIntoView({ block: "center" });
  }, [at]);
  const reasons = review.contractDiff;
  return (
    <div className="column">
      <Panel
        title="Changes"
        aside={
          review.base && (
            <span className="small muted">
              <span className="mono">{review.base.version}</span> →{" "}
              <span className="mono">{review.version.version}</span>
            </span>
          )
        }
        flush
      >
        {reasons.length === 0 && (
          <p className="muted reasons-none">
            {review.base
              ? `The contract is that of ${review.base.version}.`
              : "It is the first version, so there is nothing to compare it with."}
          </p>
        )}
        {reasons.map((change, place) => (
          <ContractChange
            key={`${change.path} ${change.message}`}
            id={
              reasons.findIndex(({ path }) => path === change.path) === place
                ? placeId(change.path)
                : undefined
            }
            isShown={at === change.path}
            change={change}
            review={review}
            onChanged={onChanged}
          />
        ))}
      </Panel>
      <Panel title="Ports of this version" flush>
        <PortList review={review} onChanged={onChanged} />
      </Panel>
    </div>
  );
}

export function placeId(pointer: string): string {
  return `at${pointer.replaceAll(/[^A-Za-z0-9]/g, "-")}`;
}
