import { ActionIcon, Button, Menu } from "@mantine/core";
import { IconAlertTriangle, IconBan, IconChecklist, IconDots, IconRocket } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { AskForReview } from "./AskForReview";
import { EndVersion } from "./EndVersion";
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
