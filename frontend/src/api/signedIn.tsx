/** Who is signed in, and the environment that they start runs in. The shell reads it once for every page. */

import { useLocalStorage } from "@mantine/hooks";
import { createContext, type ReactNode, useContext } from "react";
import type { ViewerQuery } from "./generated/graphql";

export type SignedInViewer = NonNullable<ViewerQuery["viewer"]>;

interface Environment {
  readonly environments: readonly string[];
  /** The chosen one, if it is still there. */
  readonly environment: string | null;
  readonly choose: (name: string) => void;
}

interface Seat extends Environment {
  readonly viewer: SignedInViewer;
}

const Context = createContext<Seat | undefined>(undefined);

interface SignedInProps {
  readonly viewer: SignedInViewer;
  readonly environments: readonly string[];
  readonly children: ReactNode;
}

export function SignedIn({ viewer, environments, children }: SignedInProps) {
  const [chosen, choose] = useLocalStorage({ key: "lamina-environment", defaultValue: "" });
  const environment = environments.includes(chosen) ? chosen : (environments[0] ?? null);
  return <Context value={{ viewer, environments, environment, choose }}>{children}</Context>;
}

function useSeat(): Seat {
  const seat = useContext(Context);
  if (seat === undefined) throw new Error("Nobody is signed in here.");
  return seat;
}

export function useEnvironment(): Environment {
  return useSeat();
}

export function useViewer(): SignedInViewer {
  return useSeat().viewer;
}
