import { PortLabel } from "@/design/PortGlyph";
import { contractPorts, type Direction, type Port } from "@/domain/ports";
import { PointerTalk } from "./PointerTalk";
import type { ReviewViewProps } from "./review";

const TITLES = { in: "Takes", out: "Gives" } as const;

/** Every port of the version, so that each can be talked about, and those of the base that are gone. */
export function PortList(props: ReviewViewProps) {
  return (
    <div className="port-sides">
      <PortSide {...props} direction="in" />
      <PortSide {...props} direction="out" />
    </div>
  );
}

interface PortSideProps extends ReviewViewProps {
  readonly direction: Direction;
}

function PortSide({ direction, review, onChanged }: PortSideProps) {
  const ports = contractPorts(review.version.contract, direction);
  const before = contractPorts(review.base?.contract, direction);
  const gone = before.filter(({ name }) => !ports.some((port) => port.name === name));
  return (
    <div>
      <h3>{TITLES[direction]}</h3>
      <ul className="review-list">
        {ports.map((port) => (
          <PortItem
            key={port.name}
            port={port}
            note={review.base && !before.some(({ name }) => name === port.name) ? "added" : undefined}
            review={review}
            pointer={`/ports/${direction}/${escaped(port.name)}`}
            onChanged={onChanged}
          />
        ))}
        {gone.map((port) => (
          <li key={port.name} className="row">
            <s className="muted">
              <PortLabel kind={port.kind} name={port.name} type={port.type} />
            </s>
            <span className="tag push">removed</span>
          </li>
        ))}
        {ports.length + gone.length === 0 && <li className="muted">Nothing.</li>}
      </ul>
    </div>
  );
}

interface PortItemProps extends ReviewViewProps {
  readonly port: Port;
  readonly note: string | undefined;
  readonly pointer: string;
}

function PortItem({ port, note, pointer, review, onChanged }: PortItemProps) {
  const isTalkedAboutAbove = review.contractDiff.some(({ path }) => path === pointer);
  return (
    <li>
      <div className="row">
        <PortLabel kind={port.kind} name={port.name} type={port.type} />
        {note !== undefined && <span className="tag push">{note}</span>}
      </div>
      {!isTalkedAboutAbove && <PointerTalk review={review} pointer={pointer} onChanged={onChanged} />}
    </li>
  );
}

function escaped(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}
