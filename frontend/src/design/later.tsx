import { Button } from "@mantine/core";
import {
  Component,
  type ComponentType,
  type FunctionComponent,
  lazy,
  type ReactNode,
  Suspense,
  useState,
} from "react";
import { mendStyles } from "./styles";

/** A part of a page whose code comes when it is needed. */
export interface Later<Props> extends FunctionComponent<Props> {
  /** Have it there before it is needed: the server may be away by then. */
  readonly fetch: () => Promise<void>;
}

/** What does not come says so in its place, and the page around it, with all that is being edited, stays. */
export function later<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  waiting: ReactNode = null,
): Later<Props> {
  const make = () => lazy(async () => ({ default: await load() }));
  const remake = () => lazy(() => mendStyles().then(async () => ({ default: await load() })));
  let shared = make();
  const Placed = (props: Props) => {
    const [part, setPart] = useState(() => shared);
    const Part = part as unknown as ComponentType<Props>;
    const again = () => {
      shared = remake();
      setPart(() => shared);
    };
    return (
      <Boundary onAgain={again}>
        <Suspense fallback={waiting}>
          <Part {...props} />
        </Suspense>
      </Boundary>
    );
  };
  const fetch = () =>
    load().then(
      () => undefined,
      () => undefined,
    );
  return Object.assign(Placed, { fetch });
}

interface BoundaryProps {
  readonly onAgain: () => void;
  readonly children: ReactNode;
}

class Boundary extends Component<BoundaryProps, { readonly failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <div className="absent-part" role="alert">
        <p className="small muted">This part of the page could not be shown.</p>
        <Button
          size="compact-xs"
          variant="default"
          onClick={() => {
            this.props.onAgain();
            this.setState({ failed: false });
          }}
        >
          Try again
        </Button>
      </div>
    );
  }
}
