import { IconFile } from "@tabler/icons-react";
import { getRouteApi } from "@tanstack/react-router";
import { VersionFileDocument } from "@/api/generated/graphql";
import { useReading } from "@/api/useReading";
import { later } from "@/design/later";
import { Failure, Loading } from "@/design/Message";
import { bytesText } from "@/domain/words";

export const Code = later(() => import("@/design/code/Code").then(({ Code }) => Code), <Loading rows={8} />);
const route = getRouteApi("/catalog/$team/$name");

interface SourceTabProps {
  readonly name: string;
  readonly version: string;
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
}

export function SourceTab({ name, version, files }: SourceTabProps) {
  const { file } = route.useSearch();
  const navigate = route.useNavigate();
  const path =
    files.find((each) => each.path === file)?.path ??
    files.find((each) => each.path.endsWith(".py"))?.path ??
    files[0]?.path;
  return (
    <div className="source-files">
      <nav aria-label="Files of this version">
        {files.map((each) => (
          <button
            key={each.path}
            type="button"
            aria-current={each.path === path}
            title={each.path}
            onClick={() =>
              void navigate({ search: (before) => ({ ...before, file: each.path }), replace: true })
            }
          >
            <IconFile size={14} aria-hidden />
            <span className="grow ellipsis">{each.path}</span>
            <span className="faint small">{bytesText(each.bytes)}</span>
          </button>
        ))}
      </nav>
      {path !== undefined && <FileText key={path} name={name} version={version} path={path} />}
    </div>
  );
}

function FileText({
  name,
  version,
  path,
}: {
  readonly name: string;
  readonly version: string;
  readonly path: string;
}) {
  const reading = useReading(VersionFileDocument, { name, version, path });
  if (reading.kind === "loading") return <Loading rows={8} />;
  if (reading.kind === "failed") {
    return (
      <Failure title="The file could not be read" onRetry={reading.again}>
        {reading.message}
      </Failure>
    );
  }
  const text = reading.data.moduleVersion?.file;
  if (text === null || text === undefined) return <p className="muted source-note">This file is not text.</p>;
  return <Code text={text} path={path} />;
}
