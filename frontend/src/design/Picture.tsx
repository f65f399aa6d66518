import { useEffect, useState } from "react";

type PictureProps = { readonly type: string } & ({ readonly text: string } | { readonly address: string });

/**
 * A picture that somebody's module made. It is drawn by an image element from a blob of our own making:
 * such an image runs no scripts and fetches nothing.
 */
export function Picture(props: PictureProps) {
  const [source, setSource] = useState<string>();
  const [failed, setFailed] = useState(false);
  const { type } = props;
  const text = "text" in props ? props.text : undefined;
  const address = "address" in props ? props.address : undefined;
  useEffect(() => {
    let made: string | undefined;
    let gone = false;
    const show = (content: BlobPart) => {
      if (gone) return;
      made = URL.createObjectURL(new Blob([content], { type }));
      setSource(made);
    };
    if (text !== undefined) show(text);
    else if (address !== undefined) {
      fetch(address, { credentials: "same-origin" })
        .then((answer) => (answer.ok ? answer.blob() : Promise.reject(new Error(String(answer.status)))))
        .then(show)
        .catch(() => setFailed(true));
    }
    return () => {
      gone = true;
      if (made !== undefined) URL.revokeObjectURL(made);
    };
  }, [type, text, address]);
  if (failed) return <p className="small muted">The picture could not be fetched.</p>;
  return source === undefined ? null : (
    <img className="picture" src={source} alt="Output of this node" onError={() => setFailed(true)} />
  );
}
