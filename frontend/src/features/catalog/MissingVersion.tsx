import { IconVersionsOff } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { Empty } from "@/design/Message";
import { Page, Panel } from "@/design/Page";
import { StatusMark } from "@/design/StatusMark";
import { lower } from "@/domain/status";
import type { ModuleOnShow } from "./ModulePage";
import { moduleParams } from "./moduleParams";

interface MissingVersionProps {
  readonly module: ModuleOnShow;
  readonly version: string | undefined;
}

/** An address that names a version which is not there; another is never shown in its place. */
export function MissingVersion({ module, version }: MissingVersionProps) {
  if (module.versions.length === 0) {
    return (
      <Page title={module.name}>
        <Empty
          icon={IconVersionsOff}
          title="It has no version that you may see"
          action={<Link to="/catalog">Back to the catalog</Link>}
        >
          Drafts are shown to members of {module.owner.title}.
        </Empty>
      </Page>
    );
  }
  return (
    <Page title={module.name} lead={`There is no version ${version ?? ""} of this module.`}>
      <Panel title="Versions that are there" flush>
        <ul className="versions">
          {module.versions.map((each) => (
            <li key={each.id} className="row wide">
              <Link
                to="/catalog/$team/$name"
                params={moduleParams(module.name)}
                search={{ version: each.version }}
                className="mono versions-number"
              >
                {each.version}
              </Link>
              <StatusMark status={lower(each.state)} />
            </li>
          ))}
        </ul>
      </Panel>
      <p className="muted">
        The number may be mistyped, or the version is a draft that you may not see.{" "}
        <Link to="/catalog">Back to the catalog</Link>
      </p>
    </Page>
  );
}
