import { Outlet, useMatchRoute } from "@tanstack/react-router";
import { useEffect } from "react";
import { followChanges } from "@/api/changes";
import { ViewerDocument } from "@/api/generated/graphql";
import { useReading } from "@/api/useReading";
import { Failure, Loading } from "@/design/Message";
import { SignInPage } from "@/features/session/SignInPage";
import { Rail } from "./Rail";
import "./shell.css";
import { TopBar } from "./TopBar";

export function Shell() {
  const reading = useReading(ViewerDocument, {});
  if (reading.kind === "loading") {
    return (
      <div className="shell-alone">
        <Loading rows={4} label="Opening Lamina" />
      </div>
    );
  }
  if (reading.kind === "failed" && reading.signedOut) return <SignInPage onAgain={reading.again} />;
  if (reading.kind === "failed") {
    return (
      <div className="shell-alone">
        <Failure title="Lamina does not answer" onRetry={reading.again}>
          {reading.message}
        </Failure>
      </div>
    );
  }
  const { viewer, environments } = reading.data;
  if (viewer === null || viewer === undefined) return <SignInPage onAgain={reading.again} />;
  return <SignedIn viewer={viewer} environments={environments.map(({ name }) => name)} />;
}

interface SignedInProps {
  readonly viewer: { readonly name: string; readonly email: string };
  readonly environments: readonly string[];
}

function SignedIn({ viewer, environments }: SignedInProps) {
  useEffect(followChanges, []);
  const inStudio = useMatchRoute()({ to: "/graphs/$graphId" }) !== false;
  return (
    <div className={`shell${inStudio ? " shell-studio" : ""}`}>
      <a className="skip-link" href="#content">
        Skip to the page
      </a>
      <Rail compact={inStudio} />
      <TopBar viewer={viewer} environments={environments} />
      <main id="content" className="shell-main" tabIndex={-1}>
        <Outlet />
      </main>
    </div>
  );
}
