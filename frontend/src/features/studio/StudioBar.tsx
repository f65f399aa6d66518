import { ActionIcon, Button, SegmentedControl, Tooltip } from "@mantine/core";
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconDeviceFloppy,
  IconHistory,
  IconPlayerPlay,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { LiveRun } from "@/api/useRunFeed";
import { StatusMark } from "@/design/StatusMark";
import { initials } from "@/domain/words";
import { KeptState } from "./KeptState";
import { ProblemCount } from "./ProblemCount";
import type { Room, RoomState } from "./room";
import { useStudio } from "./studioContext";
import { usePeople } from "./usePeople";
import { useUndo } from "./useUndo";

interface StudioBarProps {
  readonly room: Room;
  readonly roomState: RoomState;
  readonly live: LiveRun;
}

export function StudioBar({ room, roomState, live }: StudioBarProps) {
  const { graph, draft, mayEdit, editor, view, panel, set, run, ask } = useStudio();
  const { canUndo, canRedo } = useUndo(editor.undo);
  return (
    <header className="studio-bar">
      <h1 className="visually-hidden">{draft.title}</h1>
      <TitleField key={draft.title} title={draft.title} disabled={!mayEdit} />
      <span className="studio-where small muted ellipsis">
        {graph.team.title}
        {graph.head ? `, revision ${graph.head.number}` : ", never saved"}
      </span>
      <KeptState state={roomState} mayEdit={mayEdit} />
      <People room={room} />
      <div className="row push studio-acts">
        <ProblemCount />
        {mayEdit && (
          <>
            <Tooltip label="Undo (Ctrl Z)">
              <ActionIcon aria-label="Undo" disabled={!canUndo} onClick={() => editor.undo.undo()}>
                <IconArrowBackUp size={16} />
              </ActionIcon>
            </Tooltip>
            <Tooltip label="Redo (Ctrl Shift Z)">
              <ActionIcon aria-label="Redo" disabled={!canRedo} onClick={() => editor.undo.redo()}>
                <IconArrowForwardUp size={16} />
              </ActionIcon>
            </Tooltip>
          </>
        )}
        <Tooltip label="Revisions">
          <ActionIcon
            aria-label="Revisions"
            aria-pressed={panel === "history"}
            onClick={() => set({ panel: panel === "history" ? undefined : "history" })}
          >
            <IconHistory size={16} />
          </ActionIcon>
        </Tooltip>
        <SegmentedControl
          aria-label="View"
          data={[
            { value: "canvas", label: "Canvas" },
            { value: "outline", label: "Outline" },
          ]}
          value={view}
          onChange={(next) => set({ view: next === "outline" ? "outline" : "canvas" })}
        />
        {run !== undefined && live.view !== undefined && (
          <Link to="/runs/$runId" params={{ runId: run }} className="studio-run">
            <StatusMark status={live.view.status} />
          </Link>
        )}
        {mayEdit && (
          <Button
            variant="default"
            leftSection={<IconDeviceFloppy size={14} />}
            onClick={() => ask({ kind: "save" })}
          >
            Save revision
          </Button>
        )}
        <RunButton />
      </div>
    </header>
  );
}

function RunButton() {
  const { mayRun, ask } = useStudio();
  return (
    <Tooltip
      label={
        mayRun
          ? "Run this draft (Ctrl Enter)"
          : "Running it needs the role author or operator in the team of the graph."
      }
    >
      <Button
        leftSection={<IconPlayerPlay size={14} />}
        {...(mayRun ? {} : { "data-disabled": true, "aria-disabled": true })}
        onClick={() => mayRun && ask({ kind: "run" })}
      >
        Run
      </Button>
    </Tooltip>
  );
}

function TitleField({ title, disabled }: { readonly title: string; readonly disabled: boolean }) {
  const { editor } = useStudio();
  const [text, setText] = useState(title);
  return (
    <input
      className="studio-title"
      aria-label="Title of the graph"
      value={text}
      disabled={disabled}
      maxLength={140}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={() => text.trim() !== "" && text !== title && editor.setMeta("title", text.trim())}
      onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
    />
  );
}

function People({ room }: { readonly room: Room }) {
  const people = usePeople(room);
  if (people.length === 0) return null;
  return (
    <span className="people">
      {people.map(({ client, name, tint }) => (
        <Tooltip key={client} label={`${name} has this graph open`}>
          <span style={{ background: tint }}>{initials(name)}</span>
        </Tooltip>
      ))}
    </span>
  );
}
