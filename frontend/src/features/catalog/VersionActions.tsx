import { ActionIcon, Button, Menu, Modal, Textarea, TextInput } from "@mantine/core";
import { IconAlertTriangle, IconBan, IconChecklist, IconDots, IconRocket } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { DeprecateVersionDocument, YankVersionDocument } from "@/api/generated/graphql";
import { useVerb } from "@/api/useVerb";
import { AskForReview } from "./AskForReview";
import type { ModuleOnShow } from "./ModulePage";
import { ReleaseVersion } from "./ReleaseVersion";

interface VersionActionsProps {
  readonly module: ModuleOnShow;
  readonly version: ModuleOnShow["versions"][number];
}

const KEEPS: ReadonlySet<string> = new Set(["MAINTAINER", "ADMIN"]);
const WRITES: ReadonlySet<string> = new Set(["AUTHOR", "MAINTAINER", "ADMIN"]);

export function VersionActions({ module, version }: VersionActionsProps) {
  const [asking, setAsking] = useState<"submit" | "release" | "deprecate" | "yank">();
  const navigate = useNavigate();
  const roles = module.owner.viewerRoles;
  const close = () => setAsking(undefined);
  const isUnderway =
    version.state === "DRAFT" || version.state === "IN_REVIEW" || version.state === "APPROVED";
  const review = isUnderway && version.review?.state !== "WITHDRAWN" ? version.review : undefined;
  return (
    <>
      {version.state === "DRAFT" && roles.some((role) => WRITES.has(role)) && (
        <Button leftSection={<IconChecklist size={14} />} onClick={() => setAsking("submit")}>
          Ask for review
        </Button>
      )}
      {review && (
        <Button
          variant="default"
          onClick={() => void navigate({ to: "/reviews/$reviewId", params: { reviewId: review.id } })}
        >
          Open its review
        </Button>
      )}
      {version.state === "APPROVED" && roles.some((role) => KEEPS.has(role)) && (
        <Button leftSection={<IconRocket size={14} />} onClick={() => setAsking("release")}>
          Release
        </Button>
      )}
      {(version.state === "RELEASED" || version.state === "DEPRECATED") &&
        roles.some((role) => KEEPS.has(role)) && (
          <Menu>
            <Menu.Target>
              <ActionIcon aria-label="More about this version">
                <IconDots size={16} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              {version.state === "RELEASED" && (
                <Menu.Item
                  leftSection={<IconAlertTriangle size={14} />}
                  onClick={() => setAsking("deprecate")}
                >
                  Deprecate…
                </Menu.Item>
              )}
              <Menu.Item color="red" leftSection={<IconBan size={14} />} onClick={() => setAsking("yank")}>
                Yank…
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
      {asking === "submit" && <AskForReview name={module.name} version={version} onClose={close} />}
      {asking === "release" && <ReleaseVersion name={module.name} version={version} onClose={close} />}
      {(asking === "deprecate" || asking === "yank") && (
        <EndVersion verb={asking} name={module.name} version={version} onClose={close} />
      )}
    </>
  );
}

interface EndVersionProps {
  readonly verb: "deprecate" | "yank";
  readonly name: string;
  readonly version: ModuleOnShow["versions"][number];
  readonly onClose: () => void;
}

function EndVersion({ verb, name, version, onClose }: EndVersionProps) {
  const [reason, setReason] = useState("");
  const [successor, setSuccessor] = useState("");
  const deprecate = useVerb(DeprecateVersionDocument);
  const yank = useVerb(YankVersionDocument);
  const isYank = verb === "yank";
  const act = async () => {
    const input = { version: version.id, reason: reason.trim() };
    const came = isYank
      ? await yank.run({ input })
      : await deprecate.run({ input: { ...input, successor: successor.trim() || null } });
    if (came.kind === "done") onClose();
  };
  return (
    <Modal opened onClose={onClose} title={`${isYank ? "Yank" : "Deprecate"} ${name} ${version.version}`}>
      <form
        className="column"
        onSubmit={(event) => {
          event.preventDefault();
          void act();
        }}
      >
        <p className="muted">
          {isYank
            ? "No graph can be bound to it any more. Runs that are already pinned to it finish."
            : "Graphs that use it go on working and show a warning with what to use instead."}
        </p>
        <Textarea
          label="Reason"
          description="Everybody who uses it will read this."
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          required
          data-autofocus
        />
        {!isYank && (
          <TextInput
            label="Use instead"
            placeholder="team/name"
            value={successor}
            onChange={(event) => setSuccessor(event.currentTarget.value)}
          />
        )}
        <div className="row">
          <Button
            type="submit"
            color={isYank ? "red" : "accent"}
            loading={deprecate.busy || yank.busy}
            disabled={reason.trim() === ""}
          >
            {isYank ? "Yank it" : "Deprecate it"}
          </Button>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </form>
    </Modal>
  );
}
