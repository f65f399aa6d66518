import { Button, Modal, TextInput } from "@mantine/core";
import { IconPlus, IconUserPlus, IconUsers } from "@tabler/icons-react";
import { useState } from "react";
import { CreateTeamDocument } from "@/api/generated/graphql";
import { useVerb } from "@/api/useVerb";
import { Empty } from "@/design/Message";
import { Panel } from "@/design/Page";
import { AddMember } from "./AddMember";
import { MemberRow } from "./MemberRow";
import type { Viewer } from "./SettingsPage";

interface TeamsProps {
  readonly viewer: Viewer;
  readonly onChanged: () => void;
}

export function Teams({ viewer, onChanged }: TeamsProps) {
  const [creating, setCreating] = useState(false);
  const [adding, setAdding] = useState<string>();
  return (
    <div className="column settings">
      <div className="row">
        <p className="muted grow">A team owns modules and graphs. What is not your team’s, you do not see.</p>
        <Button variant="default" leftSection={<IconPlus size={14} />} onClick={() => setCreating(true)}>
          New team
        </Button>
      </div>
      {viewer.teams.length === 0 && (
        <Empty icon={IconUsers} title="You are in no team yet">
          Make one, or ask somebody to add you to theirs.
        </Empty>
      )}
      {viewer.teams.map(({ team }) => {
        const isAdmin = team.viewerRoles.includes("ADMIN");
        return (
          <Panel
            key={team.id}
            title={
              <>
                {team.title} <span className="mono muted">{team.slug}</span>
              </>
            }
            aside={
              isAdmin && (
                <Button
                  size="compact-xs"
                  variant="default"
                  leftSection={<IconUserPlus size={12} />}
                  onClick={() => setAdding(team.id)}
                >
                  Add somebody
                </Button>
              )
            }
            flush
          >
            <table className="table" aria-label={`Members of ${team.title}`}>
              <thead>
                <tr>
                  <th>Person</th>
                  <th>Roles</th>
                  <th />
                </tr>
              </thead>
              <tbody>
                {team.members.map((member) => (
                  <MemberRow
                    key={member.user.id}
                    team={team.id}
                    member={member}
                    mayChange={isAdmin}
                    isViewer={member.user.id === viewer.id}
                    onChanged={onChanged}
                  />
                ))}
              </tbody>
            </table>
          </Panel>
        );
      })}
      {creating && <NewTeam onChanged={onChanged} onClose={() => setCreating(false)} />}
      {adding !== undefined && (
        <AddMember team={adding} onChanged={onChanged} onClose={() => setAdding(undefined)} />
      )}
    </div>
  );
}

interface NewTeamProps {
  readonly onChanged: () => void;
  readonly onClose: () => void;
}

function NewTeam({ onChanged, onClose }: NewTeamProps) {
  const [title, setTitle] = useState("");
  const [slug, setSlug] = useState("");
  const { busy, run } = useVerb(CreateTeamDocument);
  const made =
    slug ||
    title
      .trim()
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, "-")
      .replaceAll(/^-+|-+$/g, "");
  const create = async () => {
    const came = await run({ input: { title: title.trim(), slug: made } });
    if (came.kind !== "done") return;
    onChanged();
    onClose();
  };
  return (
    <Modal opened onClose={onClose} title="New team" size="sm">
      <form
        className="column"
        onSubmit={(event) => {
          event.preventDefault();
          void create();
        }}
      >
        <TextInput
          label="Title"
          value={title}
          onChange={(event) => setTitle(event.currentTarget.value)}
          required
          data-autofocus
        />
        <TextInput
          label="Name in addresses and modules"
          description="Small letters, digits and hyphens. It stays."
          className="mono-field"
          value={made}
          onChange={(event) => setSlug(event.currentTarget.value)}
          required
        />
        <div className="row">
          <Button type="submit" loading={busy} disabled={title.trim() === "" || made === ""}>
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
