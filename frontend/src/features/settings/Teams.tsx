import { Button, Select } from "@mantine/core";
import { IconPlus, IconUserPlus, IconUsers } from "@tabler/icons-react";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { Empty } from "@/design/Message";
import { Panel } from "@/design/Page";
import { AddMember } from "./AddMember";
import { MemberRow } from "./MemberRow";
import { NewTeam } from "./NewTeam";
import type { Viewer } from "./SettingsPage";

const route = getRouteApi("/settings");

interface TeamsProps {
  readonly viewer: Viewer;
  readonly onChanged: () => void;
}

type Team = Viewer["teams"][number]["team"];

export function Teams({ viewer, onChanged }: TeamsProps) {
  const { team: slug } = route.useSearch();
  const navigate = route.useNavigate();
  const [creating, setCreating] = useState(false);
  const teams = viewer.teams.map(({ team }) => team);
  const chosen = teams.find((team) => team.slug === slug);
  const choose = (next: string) => void navigate({ search: { team: next }, replace: true });
  return (
    <div className="column settings">
      <div className="row">
        <p className="muted grow">A team owns modules and graphs. What is not your team’s, you do not see.</p>
        {teams.length > 1 && (
          <Select
            aria-label="Team"
            placeholder="All your teams"
            data={teams.map((team) => ({ value: team.slug, label: team.title }))}
            value={chosen?.slug ?? null}
            onChange={(next) => choose(next ?? "")}
            clearable
            w={180}
          />
        )}
        <Button variant="default" leftSection={<IconPlus size={14} />} onClick={() => setCreating(true)}>
          New team
        </Button>
      </div>
      {teams.length === 0 && (
        <Panel>
          <Empty icon={IconUsers} title="You are in no team yet">
            Make one, or ask an admin of another to add you by your e-mail, {viewer.email}.
          </Empty>
        </Panel>
      )}
      {(chosen === undefined ? teams : [chosen]).map((team) => (
        <TeamPanel key={team.id} team={team} viewerId={viewer.id} onChanged={onChanged} />
      ))}
      {creating && (
        <NewTeam
          onMade={(made) => {
            setCreating(false);
            onChanged();
            choose(made);
          }}
          onClose={() => setCreating(false)}
        />
      )}
    </div>
  );
}

interface TeamPanelProps {
  readonly team: Team;
  readonly viewerId: string;
  readonly onChanged: () => void;
}

function TeamPanel({ team, viewerId, onChanged }: TeamPanelProps) {
  const [adding, setAdding] = useState(false);
  const mayChange = team.viewerRoles.includes("ADMIN");
  const add = !mayChange ? (
    <span className="small muted">Admins of the team change who is in it.</span>
  ) : (
    <Button
      size="compact-xs"
      variant="default"
      leftSection={<IconUserPlus size={14} />}
      onClick={() => setAdding(true)}
    >
      Add somebody
    </Button>
  );
  const title = (
    <>
      {team.title} <span className="mono muted team-slug">{team.slug}</span>
    </>
  );
  return (
    <Panel title={title} aside={add} flush>
      <table className="table" aria-label={`Members of ${team.title}`}>
        <thead>
          <tr>
            <th>Person</th>
            <th>E-mail</th>
            <th>Roles</th>
            <th>
              <span className="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {team.members.map((member) => (
            <MemberRow
              key={member.user.id}
              team={team}
              member={member}
              mayChange={mayChange}
              isViewer={member.user.id === viewerId}
              onChanged={onChanged}
            />
          ))}
        </tbody>
      </table>
      {adding && <AddMember team={team} onChanged={onChanged} onClose={() => setAdding(false)} />}
    </Panel>
  );
}
