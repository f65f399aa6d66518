import { TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { Wire } from "@/design/canvas/context";
import { KIND_ICONS } from "@/design/canvas/kinds";
import { PortGlyph } from "@/design/PortGlyph";
import { type Position, parseEdge } from "@/domain/graph";
import { freeSpot } from "@/domain/placing";
import { NODE_WIDTH, nodeHeight } from "@/domain/scene";
import { useStudio } from "./studioContext";
import { portsOfAddition } from "./templates";
import { useJudge } from "./useJudge";
import { fittingPort, type Offer, useOffers } from "./useOffers";

export interface QuickAddAt {
  readonly screen: Position;
  readonly flow: Position;
  /** The wire that was dropped into empty space. */
  readonly wire?: Wire;
  /** The edge into which the new node goes. */
  readonly insertOn?: string;
}

interface QuickAddProps {
  readonly at: QuickAddAt;
  readonly onClose: () => void;
}

const WIDTH = 320;
const HEIGHT = 340;

/** A search beside the pointer. From a port it offers only what fits. */
export function QuickAdd({ at, onClose }: QuickAddProps) {
  const [text, setText] = useState("");
  const [current, setCurrent] = useState(0);
  const { scene } = useStudio();
  const end = scene.nodes
    .find(({ id }) => id === at.wire?.node)
    ?.inputs.find(({ name }) => name === at.wire?.port);
  const { offers, isLoading } = useOffers(text, at.wire, end);
  const choose = useChoose(at);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector(`[data-place="${current}"]`)?.scrollIntoView({ block: "nearest" });
  }, [current]);
  const take = (offer: Offer | undefined) => {
    if (offer === undefined) return;
    choose(offer);
    onClose();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") onClose();
    else if (event.key === "Enter") take(offers[current]);
    else if (event.key === "ArrowDown") setCurrent(Math.min(offers.length - 1, current + 1));
    else if (event.key === "ArrowUp") setCurrent(Math.max(0, current - 1));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const left = Math.max(8, Math.min(at.screen[0], window.innerWidth - WIDTH - 16));
  const top = Math.max(8, Math.min(at.screen[1], window.innerHeight - HEIGHT - 16));
  return (
    <>
      <button type="button" className="quick-add-veil" aria-label="Close" tabIndex={-1} onClick={onClose} />
      <div className="quick-add" style={{ left, top, width: WIDTH }} role="dialog" aria-label="Add a node">
        <TextInput
          autoFocus
          aria-label="Add a node"
          placeholder={at.wire === undefined ? "Add a node" : `What fits ${at.wire.port}`}
          leftSection={at.wire === undefined ? <IconSearch size={14} /> : <PortGlyph kind={at.wire.kind} />}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setCurrent(0);
          }}
          onKeyDown={onKeyDown}
        />
        <div className="quick-add-list" ref={list} role="listbox" aria-label="Offers">
          {offers.map((offer, place) => {
            const Icon = KIND_ICONS[offer.addition.kind];
            return (
              <button
                key={offer.addition.key}
                type="button"
                role="option"
                aria-selected={place === current}
                data-place={place}
                className="quick-add-item"
                onPointerEnter={() => setCurrent(place)}
                onClick={() => take(offer)}
              >
                <Icon size={16} stroke={1.75} aria-hidden />
                <span className="grow ellipsis">
                  {offer.addition.title} <span className="muted small">{offer.addition.detail}</span>
                </span>
                {offer.port && (
                  <span className="row tight small mono muted">
                    <PortGlyph kind={offer.port.kind} /> {offer.port.name}
                  </span>
                )}
              </button>
            );
          })}
          {offers.length === 0 && !isLoading && (
            <p className="small muted quick-add-none">Nothing fits that.</p>
          )}
        </div>
      </div>
    </>
  );
}

/** Add what was chosen, and wire it up where that was asked for. */
function useChoose({ flow, wire, insertOn }: QuickAddAt) {
  const { editor, parent, welcome, scene } = useStudio();
  const { judge } = useJudge();
  return ({ addition, port }: Offer) => {
    const wanted: Position = wire?.direction === "in" ? [flow[0] - NODE_WIDTH, flow[1]] : flow;
    const at = freeSpot(wanted, nodeHeight(portsOfAddition(addition)), scene.nodes);
    const wiring = (id: string) =>
      wire?.direction === "in"
        ? { source: id, output: port?.name ?? "", target: wire.node, input: wire.port }
        : { source: wire?.node ?? "", output: wire?.port ?? "", target: id, input: port?.name ?? "" };
    const isWired = wire !== undefined && port !== undefined;
    const id = editor.addNode(addition.node, at, parent, isWired ? wiring : undefined);
    welcome(id, addition);
    const ends = insertOn === undefined ? undefined : parseEdge(insertOn);
    if (insertOn === undefined || ends === undefined) return;
    const source = scene.nodes.find((each) => each.id === ends.source);
    const wired = source?.outputs.find((each) => each.name === ends.output);
    const { kind, type } = wired ?? { kind: "any" as const, type: "any" };
    const carried = { kind, type };
    const input = fittingPort(addition, {
      node: ends.source,
      port: ends.output,
      direction: "out",
      ...carried,
    });
    const output = fittingPort(addition, {
      node: ends.target,
      port: ends.input,
      direction: "in",
      ...carried,
    });
    if (input !== undefined && output !== undefined) editor.insertOn(insertOn, id, input.name, output.name);
    else if (input !== undefined) void judge({ ...ends, target: id, input: input.name });
  };
}
