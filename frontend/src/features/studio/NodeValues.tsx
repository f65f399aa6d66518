import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconPin, IconPinnedOff } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { LiveRun } from "@/api/useRunFeed";
import { ItemPicker } from "@/design/Items";
import { StatusMark } from "@/design/StatusMark";
import { ValueView } from "@/design/ValueView";
import type { GraphNode } from "@/domain/graph";
import { plainId } from "@/domain/ids";
import { type Index, itemsText } from "@/domain/items";
import { isObject, type JsonObject } from "@/domain/json";
import { isPinnable, pinOf } from "@/domain/pins";
import { JsonText } from "./JsonText";
import { LastItems } from "./LastItems";
import { useStudio } from "./studioContext";
import { useLastData } from "./useLastData";

interface NodeValuesProps {
  readonly id: string;
  readonly node: GraphNode;
  readonly live: LiveRun;
}

/** What the node gave in the run on show, and what it is pinned to give. */
export function NodeValues({ id, node, live }: NodeValuesProps) {
  const { run, prefix, draft, editor, mayEdit } = useStudio();
  const [taken, setTaken] = useState(0);
  const [item, setItem] = useState<Index>();
  const data = useLastData(id, live, item);
  const view = live.view?.nodes[prefix + id];
  const pin = draft.pins[id];
  const mayPin = mayEdit && isPinnable(node);
  const pinLast = () => {
    const next = pinOf(data?.outputs);
    if (next !== undefined) {
      editor.setPin(id, next);
      setTaken(taken + 1);
    } else
      notifications.show({
        color: "yellow",
        title: "These outputs cannot be pinned",
        message: "One of them is too large to be kept in a draft, or you may not see it.",
      });
  };
  return (
    <>
      {pin !== undefined && <Pinned key={taken} id={id} pin={pin} />}
      {view !== undefined && run !== undefined && (
        <section className="column tight">
          <div className="row">
            <h3>Last run</h3>
            <StatusMark status={view.state} />
            <Link
              to="/runs/$runId"
              params={{ runId: run }}
              search={{ node: prefix + id }}
              className="small push"
            >
              Open the run
            </Link>
          </div>
          {view.error && <p className="run-error small">{view.error.message}</p>}
          {view.total !== undefined && <p className="small muted">Items: {itemsText(view)}.</p>}
          {item !== undefined && <ItemPicker index={item} total={view.total} onGo={setItem} />}
          {view.total !== undefined && view.total > 0 && item === undefined && (
            <LastItems key={run} run={run} node={prefix + id} onOpen={setItem} />
          )}
          {Object.entries(isObject(data?.outputs) ? data.outputs : {}).map(([port, envelope]) => (
            <ValueView
              key={port}
              name={port}
              document={envelope}
              artifactBase={`/runs/${plainId(run)}/artifacts/`}
            />
          ))}
          {mayPin && isObject(data?.outputs) && (
            <Button variant="default" leftSection={<IconPin size={14} />} onClick={pinLast}>
              {pin === undefined ? "Pin these outputs" : "Pin these instead"}
            </Button>
          )}
        </section>
      )}
    </>
  );
}

function Pinned({ id, pin }: { readonly id: string; readonly pin: JsonObject }) {
  const { editor, mayEdit } = useStudio();
  return (
    <section className="pinned">
      <div className="row tight">
        <IconPin size={14} aria-hidden />
        <strong>Pinned</strong>
        {mayEdit && (
          <Button
            className="push"
            size="compact-xs"
            variant="subtle"
            leftSection={<IconPinnedOff size={12} />}
            onClick={() => editor.setPin(id, undefined)}
          >
            Unpin
          </Button>
        )}
      </div>
      <p className="small muted">Runs of the draft take these values and do not call the module.</p>
      {Object.entries(pin).map(([port, given]) =>
        isObject(given) && "value" in given ? (
          <JsonText
            key={port}
            label={port}
            value={given["value"]}
            onChange={(value) => editor.setPin(id, { ...pin, [port]: { value } })}
          />
        ) : (
          <p key={port} className="small">
            <span className="mono">{port}</span>: as it came out of a run
          </p>
        ),
      )}
    </section>
  );
}
