import { Select } from "@mantine/core";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { Bump, Reasons } from "@/design/Bump";
import { Digest } from "@/design/Digest";
import { Ago } from "@/design/Instant";
import { Panel } from "@/design/Page";
import { StatusMark } from "@/design/StatusMark";
import { lower } from "@/domain/status";
import type { ModuleOnShow } from "./ModulePage";
import { SideBySide } from "./SideBySide";

const route = getRouteApi("/catalog/$team/$name");

export function VersionsTab({ module }: { readonly module: ModuleOnShow }) {
  const { version, against } = route.useSearch();
  const navigate = route.useNavigate();
  const [open, setOpen] = useState<string>();
  const left = version ?? module.versions[0]?.version ?? "";
  const right = against ?? module.versions.find((each) => each.version !== left)?.version;
  // The highest stands first in the list.
  const [newer = "", older = ""] = module.versions
    .map((each) => each.version)
    .filter((each) => each === left || each === right);
  return (
    <div className="column">
      <Panel flush>
        <ol className="versions">
          {module.versions.map((each) => (
            <li key={each.id}>
              <div className="row wide">
                <strong className="mono versions-number">{each.version}</strong>
                <StatusMark status={lower(each.state)} />
                {each.bump && (
                  <button
                    type="button"
                    className="tag"
                    aria-expanded={open === each.id}
                    onClick={() => setOpen(open === each.id ? undefined : each.id)}
                  >
                    <Bump level={each.bump.level} /> since {each.bump.previous}
                  </button>
                )}
                {each.successor && <span className="small muted">use {each.successor} instead</span>}
                <span className="push small muted">
                  published {each.publishedBy && `by ${each.publishedBy.name}, `}
                  <Ago at={each.publishedAt} />
                </span>
                <Digest value={each.bundle} />
                {each.review && (
                  <Link to="/reviews/$reviewId" params={{ reviewId: each.review.id }} className="small">
                    Review
                  </Link>
                )}
              </div>
              {open === each.id && each.bump && <Reasons reasons={each.bump.reasons} />}
            </li>
          ))}
        </ol>
      </Panel>
      {right !== undefined && (
        <Panel
          title="Side by side"
          aside={
            <Select
              aria-label="Compare with"
              data={module.versions.map((each) => each.version).filter((each) => each !== left)}
              value={right}
              onChange={(next) =>
                void navigate({ search: (before) => ({ ...before, against: next ?? "" }), replace: true })
              }
              w={120}
            />
          }
          flush
        >
          <SideBySide name={module.name} older={older} newer={newer} />
        </Panel>
      )}
    </div>
  );
}
