import { Button } from "@mantine/core";
import { IconKey, IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { Ago } from "@/design/Instant";
import { Empty } from "@/design/Message";
import { Panel } from "@/design/Page";
import { useNow } from "@/design/useNow";
import { roleWord } from "@/domain/roles";
import { dateText } from "@/domain/words";
import { NewToken } from "./NewToken";
import { RevokeToken } from "./RevokeToken";
import { Secret } from "./Secret";
import type { Viewer } from "./SettingsPage";

interface TokensProps {
  readonly viewer: Viewer;
  readonly onChanged: () => void;
}

type Token = Viewer["tokens"][number];

/** What programs come in with. */
export function Tokens({ viewer, onChanged }: TokensProps) {
  const [creating, setCreating] = useState(false);
  const [secret, setSecret] = useState<string>();
  const [revoking, setRevoking] = useState<Token>();
  return (
    <div className="column settings">
      <div className="row">
        <p className="muted grow">
          For the command line and other programs. A token may do what its scopes and your roles both allow.
        </p>
        <Button variant="default" leftSection={<IconPlus size={14} />} onClick={() => setCreating(true)}>
          New token
        </Button>
      </div>
      <Panel flush>
        {viewer.tokens.length === 0 ? (
          <Empty icon={IconKey} title="No tokens">
            Make one to publish modules and start runs with the command lamina. Its secret is shown once.
          </Empty>
        ) : (
          <table className="table" aria-label="Your tokens">
            <thead>
              <tr>
                <th>Title</th>
                <th>Scopes</th>
                <th>Made</th>
                <th>Last used</th>
                <th>Ends</th>
                <th>
                  <span className="visually-hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {viewer.tokens.map((token) => (
                <TokenRow key={token.id} token={token} onRevoke={() => setRevoking(token)} />
              ))}
            </tbody>
          </table>
        )}
      </Panel>
      {creating && (
        <NewToken
          onClose={() => setCreating(false)}
          onMade={(made) => {
            setCreating(false);
            setSecret(made);
            onChanged();
          }}
        />
      )}
      {revoking !== undefined && (
        <RevokeToken token={revoking} onChanged={onChanged} onClose={() => setRevoking(undefined)} />
      )}
      {secret !== undefined && (
        <Secret
          title="Your new token"
          hint="Copy it now: it is not shown again. The second line signs the command lamina in on this machine."
          lines={[secret, `lamina login --url ${window.location.origin} --token ${secret}`]}
          onClose={() => setSecret(undefined)}
        />
      )}
    </div>
  );
}

interface TokenRowProps {
  readonly token: Token;
  readonly onRevoke: () => void;
}

function TokenRow({ token, onRevoke }: TokenRowProps) {
  const hasEnded = Date.parse(token.expiresAt) <= useNow();
  return (
    <tr>
      <td>{token.title}</td>
      <td>
        <span className="row tight wrap">
          {token.scopes.map((scope) => (
            <span key={scope} className="tag">
              {roleWord(scope)}
            </span>
          ))}
        </span>
      </td>
      <td className="muted">
        <Ago at={token.createdAt} />
      </td>
      <td className="muted">{token.lastUsedAt ? <Ago at={token.lastUsedAt} /> : "never"}</td>
      <td className={hasEnded ? "token-ended" : "muted"}>
        {hasEnded ? "ended" : ""} {dateText(token.expiresAt)}
      </td>
      <td className="end">
        <Button size="compact-xs" variant="default" aria-label={`Revoke ${token.title}`} onClick={onRevoke}>
          Revoke
        </Button>
      </td>
    </tr>
  );
}
