import { Outlet, useLocation, useMatchRoute } from "@tanstack/react-router";
import { useCallback, useEffect, useState } from "react";
import { followChanges } from "@/api/changes";
import { ViewerDocument } from "@/api/generated/graphql";
import { SignedIn } from "@/api/signedIn";
import { useConnection } from "@/api/socket";
import { useReading } from "@/api/useReading";
import { HeardUntil } from "@/design/Instant";
import { later } from "@/design/later";
import { Failure, Loading } from "@/design/Message";
import { OpenSearch } from "@/design/search";
import { SignInPage } from "@/features/session/SignInPage";
import { keySectionsAt } from "./keySections";
import { useGlobalKeys } from "./keys";
import { fetchWhenIdle } from "./latePage";
import { pages } from "./pages";
import { Rail } from "./Rail";
import "./shell.css";
import { TopBar } from "./TopBar";

const Palette = later(() => import("./Palette").then(({ Palette }) => Palette));
const KeySheet = later(() => import("@/design/KeySheet").then(({ KeySheet }) => KeySheet));
/** Here before they are asked for: the server may be away by then. */
const AHEAD = [...Object.values(pages).map(({ preload }) => preload), Palette.fetch, KeySheet.fetch];

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
  return (
    <SignedIn viewer={viewer} environments={environments.map(({ name }) => name)}>
      <Frame />
    </SignedIn>
  );
}

function Frame() {
  useEffect(followChanges, []);
  useEffect(() => fetchWhenIdle(AHEAD), []);
  const inStudio = useMatchRoute()({ to: "/graphs/$graphId" }) !== false;
  const { pathname } = useLocation();
  const connection = useConnection();
  const heardUntil = connection.kind === "stale" ? connection.since : undefined;
  const [open, setOpen] = useState<"search" | "keys">();
  const search = useCallback(() => setOpen("search"), []);
  const close = () => setOpen(undefined);
  useGlobalKeys({ onSearch: search, onKeys: inStudio ? undefined : () => setOpen("keys") });
  return (
    <div className={`shell${inStudio ? " shell-studio" : ""}${heardUntil ? " shell-stale" : ""}`}>
      <a className="skip-link" href="#content">
        Skip to the page
      </a>
      <Rail compact={inStudio} />
      <TopBar onSearch={search} />
      <main id="content" className="shell-main" tabIndex={-1}>
        <OpenSearch value={search}>
          <HeardUntil value={heardUntil}>
            <Outlet />
          </HeardUntil>
        </OpenSearch>
      </main>
      {open === "search" && <Palette onClose={close} />}
      {open === "keys" && <KeySheet sections={keySectionsAt(pathname)} onClose={close} />}
    </div>
  );
}
