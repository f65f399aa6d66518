import { Button, Modal, MultiSelect, NumberInput, TextInput } from "@mantine/core";
import { IconKey, IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { CreateTokenDocument, RevokeTokenDocument } from "@/api/generated/graphql";
import { useVerb } from "@/api/useVerb";
import { Ago } from "@/design/Instant";
import { Empty } from "@/design/Message";
import { Panel } from "@/design/Page";
import { dateText } from "@/domain/words";
import { ROLES } from "./roles";
import { Secret } from "./Secret";
import type { Viewer } from "./SettingsPage";

interface TokensProps {
  readonly viewer: Viewer;
  readonly onChanged: () => void;
}

/** What programs come in with. A token can do what its scopes and its owner's roles both allow. */
export function Tokens({ viewer, onChanged }: TokensProps) {
  const [creating, setCreating] = useState(false);
  const [secret, setSecret] = useState<string>();
  const { run } = useVerb(RevokeTokenDocument);
  const revoke = async (token: string) => {
    const came = await run({ input: { token } });
    if (came.kind === "done") onChanged();
  };
  return (
    <div className="column settings">
      <div className="row">
        <p className="muted grow">
          For the command line and other programs. A token does what its scopes and your roles both allow.
        </p>
        <Button variant="default" leftSection={<IconPlus size={14} />} onClick={() => setCreating(true)}>
          New token
        </Button>
      </div>
      <Panel flush>
        {viewer.tokens.length === 0 ? (
          <Empty icon={IconKey} title="No tokens">
            Its secret is shown once, when it is made.
          </Empty>
        ) : (
          <table className="table" aria-label="Your tokens">
            <thead>
              <tr>
                <th>Title</th>
                <th>Scopes</th>
                <th>Last used</th>
                <th>Ends</th>
                <th>
                  <span className="visually-hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {viewer.tokens.map((token) => (
                <tr key={token.id}>
                  <td>{token.title}</td>
                  <td>{token.scopes.join(", ")}</td>
                  <td className="muted">{token.lastUsedAt ? <Ago at={token.lastUsedAt} /> : "Never"}</td>
                  <td className="muted">{dateText(token.expiresAt)}</td>
                  <td className="end">
                    <Button size="compact-xs" variant="default" onClick={() => void revoke(token.id)}>
                      Revoke
                    </Button>
                  </td>
                </tr>
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
      {secret !== undefined && (
        <Secret
          title="Your new token"
          hint="Copy it now: it is not shown again."
          text={secret}
          onClose={() => setSecret(undefined)}
        />
      )}
    </div>
  );
}

interface NewTokenProps {
  readonly onMade: (secret: string) => void;
  readonly onClose: () => void;
}

function NewToken({ onMade, onClose }: NewTokenProps) {
  const [title, setTitle] = useState("");
  const [scopes, setScopes] = useState<string[]>(["author", "operator"]);
  const [days, setDays] = useState(90);
  const { busy, run } = useVerb(CreateTokenDocument);
  const create = async () => {
    const came = await run({ input: { title: title.trim(), scopes, days } });
    if (came.kind === "done") onMade(came.done.secret);
  };
  return (
    <Modal opened onClose={onClose} title="New token" size="sm">
      <form
        className="column"
        onSubmit={(event) => {
          event.preventDefault();
          void create();
        }}
      >
        <TextInput
          label="What it is for"
          value={title}
          onChange={(event) => setTitle(event.currentTarget.value)}
          required
          data-autofocus
        />
        <MultiSelect
          label="Scopes"
          data={ROLES.map(({ value, label }) => ({ value: value.toLowerCase(), label }))}
          value={scopes}
          onChange={setScopes}
          hidePickedOptions
        />
        <NumberInput
          label="Ends after (days)"
          min={1}
          max={365}
          value={days}
          onChange={(value) => typeof value === "number" && setDays(value)}
        />
        <div className="row">
          <Button type="submit" loading={busy} disabled={title.trim() === "" || scopes.length === 0}>
            Create
          </Button>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </form>
    </Modal>
  );
}
