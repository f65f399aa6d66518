import { ActionIcon, Button, NumberInput } from "@mantine/core";
import { IconChevronLeft, IconChevronRight, IconList } from "@tabler/icons-react";
import { type Index, type Item, itemName } from "@/domain/items";
import { StatusMark } from "./StatusMark";
import "./items.css";

interface ItemListProps {
  readonly items: readonly Item[];
  readonly onOpen: (index: Index) => void;
  readonly earlier: (() => void) | undefined;
  readonly later: (() => void) | undefined;
}

/** Every call of a node that was called many times; one of them opens its values. */
export function ItemList({ items, onOpen, earlier, later }: ItemListProps) {
  const [first, last] = [items[0], items.at(-1)];
  return (
    <div className="items">
      <ol aria-label="Items">
        {items.map(({ index, state, attempt, error }) => (
          <li key={index.join()}>
            <button type="button" onClick={() => onOpen(index)}>
              <span className="mono item-name">{itemName(index)}</span>
              <StatusMark status={state} />
              <span className="small run-error ellipsis grow" title={error}>
                {error}
              </span>
              {attempt > 1 && <span className="small muted">attempt {attempt}</span>}
              <IconChevronRight size={14} aria-hidden />
            </button>
          </li>
        ))}
      </ol>
      {(earlier ?? later) !== undefined && first !== undefined && last !== undefined && (
        <div className="row tight small muted">
          <ActionIcon aria-label="Earlier items" disabled={earlier === undefined} onClick={earlier}>
            <IconChevronLeft size={14} />
          </ActionIcon>
          Items {itemName(first.index)} to {itemName(last.index)}
          <ActionIcon aria-label="Later items" disabled={later === undefined} onClick={later}>
            <IconChevronRight size={14} />
          </ActionIcon>
        </div>
      )}
    </div>
  );
}

interface ItemPickerProps {
  readonly index: Index;
  /** How many there are; undefined where nobody counted them. */
  readonly total: number | undefined;
  /** Without an index: all of them again. */
  readonly onGo: (index: Index | undefined) => void;
}

/** Which item is on show, and the way to its neighbours. */
export function ItemPicker({ index, total, onGo }: ItemPickerProps) {
  const [place] = index;
  const isFlat = index.length === 1 && place !== undefined && total !== undefined;
  return (
    <div className="row tight item-picker">
      {isFlat ? (
        <>
          <ActionIcon aria-label="Item before" disabled={place === 0} onClick={() => onGo([place - 1])}>
            <IconChevronLeft size={14} />
          </ActionIcon>
          <span>Item</span>
          <NumberInput
            aria-label="Item"
            min={1}
            max={total}
            clampBehavior="strict"
            hideControls
            w={56}
            value={place + 1}
            onChange={(value) => typeof value === "number" && value >= 1 && onGo([value - 1])}
          />
          <span>of {total.toLocaleString("en-GB")}</span>
          <ActionIcon aria-label="Item after" disabled={place >= total - 1} onClick={() => onGo([place + 1])}>
            <IconChevronRight size={14} />
          </ActionIcon>
        </>
      ) : (
        <span>
          Item <span className="mono">{itemName(index)}</span>
        </span>
      )}
      <Button
        className="push"
        size="compact-xs"
        variant="subtle"
        leftSection={<IconList size={12} />}
        onClick={() => onGo(undefined)}
      >
        All items
      </Button>
    </div>
  );
}
