import type { VersionDetailQuery } from "@/api/generated/graphql";
import { Digest } from "@/design/Digest";
import { Inline } from "@/design/Inline";
import { Ago } from "@/design/Instant";
import { later } from "@/design/later";
import { Loading } from "@/design/Message";
import { Facts, Panel } from "@/design/Page";
import { StatusMark } from "@/design/StatusMark";
import { checkTitle, resultOf } from "@/domain/checks";
import { objectAt, textAt } from "@/domain/json";
import { contractPorts } from "@/domain/ports";
import type { ModuleOnShow } from "./ModulePage";
import { PortTable } from "./PortTable";

export const Prose = later(() => import("@/design/Prose").then(({ Prose }) => Prose), <Loading />);

export type Detail = NonNullable<VersionDetailQuery["moduleVersion"]>;

interface DocsTabProps {
  readonly module: ModuleOnShow;
  readonly detail: Detail;
}

export function DocsTab({ module, detail }: DocsTabProps) {
  const effects = objectAt(detail.contract, "effects");
  return (
    <div className="module-docs">
      <div className="column">
        <Panel title="Takes and gives" flush>
          <PortTable title="Takes" ports={contractPorts(detail.contract, "in")} />
          <PortTable title="Gives" ports={contractPorts(detail.contract, "out")} />
        </Panel>
        <Panel title="Read me">
          <Prose text={detail.readme} />
        </Panel>
      </div>
      <div className="column">
        <Panel title="About this version">
          <Facts
            facts={[
              ["Owner", module.owner.title],
              ["Licence", textAt(detail.manifest, "licence") ?? "–"],
              ["Runtime", detail.runtime],
              ["Runs as", detail.strategies.join(", ")],
              ["Effects", effectWords(effects)],
              ["Published", <Ago key="at" at={detail.publishedAt} />],
              ["Bundle", <Digest key="bundle" value={detail.bundle} />],
              ["Contract", <Digest key="contract" value={detail.contractDigest} />],
            ]}
          />
          {module.tags.length > 0 && (
            <div className="row wrap module-tags">
              {module.tags.map((tag) => (
                <span key={tag} className="tag">
                  {tag}
                </span>
              ))}
            </div>
          )}
        </Panel>
        <Panel title="Checks">
          <ul className="checks">
            {detail.checks.map((check) => (
              <li key={check.name}>
                <StatusMark status={resultOf(check.result)} iconOnly label={check.result} />
                <div>
                  <span title={check.name}>{checkTitle(check.name)}</span>
                  <p className="small muted">
                    <Inline text={check.detail} />
                  </p>
                </div>
              </li>
            ))}
            {detail.checks.length === 0 && <li className="muted">No check has run on this version.</li>}
          </ul>
        </Panel>
      </div>
    </div>
  );
}

const EFFECTS: Readonly<Record<string, string>> = {
  pure: "pure: may be retried, reused and shadowed",
  idempotent: "idempotent: may be retried",
  keyed: "keyed: retried under one key",
  effectful: "effectful: runs at most once",
};

function effectWords(effects: Readonly<Record<string, unknown>>): string {
  const kind = textAt(effects, "kind") ?? "effectful";
  return `${EFFECTS[kind] ?? kind}${effects["deterministic"] === true ? ", deterministic" : ""}`;
}
