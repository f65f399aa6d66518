import { Button, Select } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { StudioModuleDocument } from "@/api/generated/graphql";
import { useReading } from "@/api/useReading";
import { APPEARANCE } from "@/design/status";
import type { GraphNode } from "@/domain/graph";
import { textAt } from "@/domain/json";
import { lower } from "@/domain/status";
import { useStudio } from "./studioContext";

interface PinFieldProps {
  readonly id: string;
  readonly node: GraphNode;
}

export function PinField({ id, node }: PinFieldProps) {
  const name = textAt(node, "module");
  return name === undefined ? null : <Pin id={id} node={node} name={name} />;
}

/** Which versions of a module a node takes: one exactly, a range, or a channel. */
function Pin({ id, node, name }: PinFieldProps & { readonly name: string }) {
  const { editor, mayEdit } = useStudio();
  const reading = useReading(StudioModuleDocument, { name }, { changes: ["version"] });
  const module = reading.kind === "ready" ? reading.data.module : undefined;
  const pin = textAt(node, "pin") ?? "stable";
  const versions = module?.versions ?? [];
  const latest = module?.latest?.version;
  const exact = versions.map(({ version, state }) => ({
    value: version,
    label: state === "RELEASED" ? version : `${version} · ${APPEARANCE[lower(state)].word.toLowerCase()}`,
  }));
  const ranges = versions
    .filter(({ state }) => state === "RELEASED")
    .flatMap(({ version }) => [
      { value: `^${version}`, label: `^${version} and what is compatible` },
      { value: `~${version}`, label: `~${version} and its fixes` },
    ]);
  const channels = [
    { value: "stable", label: "stable: the highest released" },
    { value: "next", label: "next: pre-releases too" },
  ];
  const known = [...exact, ...ranges, ...channels].some(({ value }) => value === pin);
  const choose = (next: string | null) => {
    if (next === null) return;
    const version = versions.find((each) => each.version === next);
    const isOpen = version !== undefined && version.state !== "RELEASED" && version.state !== "DEPRECATED";
    editor.setRef(id, { pin: next, bundle: isOpen ? version.bundle : undefined });
  };
  const [team = "", short = ""] = name.split("/");
  const used = versions.find(({ version }) => version === pin.replace(/^[\^~]/, ""));
  const isBehind =
    latest !== undefined && used !== undefined && latest.split(".")[0] !== used.version.split(".")[0];
  return (
    <div className="column tight">
      <Select
        label={
          <span className="row">
            Version
            <Link to="/catalog/$team/$name" params={{ team, name: short }} className="small">
              {name}
            </Link>
          </span>
        }
        data={[
          ...(known ? [] : [{ value: pin, label: pin }]),
          { group: "Exactly", items: exact },
          { group: "A range", items: ranges },
          { group: "A channel", items: channels },
        ]}
        value={pin}
        onChange={choose}
        disabled={!mayEdit}
        searchable
      />
      {used?.state === "DEPRECATED" && (
        <p className="small run-error">
          This version is deprecated{used.successor ? `; use ${used.successor} instead` : ""}.
        </p>
      )}
      {isBehind && mayEdit && (
        <Button size="compact-xs" variant="light" onClick={() => choose(`^${latest}`)}>
          {latest} is out: take it
        </Button>
      )}
      {reading.kind === "ready" && !module && (
        <p className="small run-error">This module is not in the catalog. The node stays as it is.</p>
      )}
    </div>
  );
}
