const SIGNS: Readonly<Record<string, string>> = { added: "+", removed: "−", changed: "~", equal: "=" };

interface FileLineProps {
  readonly file: { readonly path: string; readonly change: string };
}

/** A file by what happened to it: sign, colour and word. */
export function FileLine({ file }: FileLineProps) {
  return (
    <span className={`file-line file-${file.change}`}>
      <span className="file-sign mono" aria-hidden="true">
        {SIGNS[file.change] ?? "?"}
      </span>
      <span className="visually-hidden">{file.change}: </span>
      <span className="mono ellipsis">{file.path}</span>
    </span>
  );
}
