import { Button } from "@mantine/core";
import { CatalogFacetsDocument } from "@/api/generated/graphql";
import { useReading } from "@/api/useReading";
import { APPEARANCE } from "@/design/status";
import { lower } from "@/domain/status";

type Name = "owner" | "runtime" | "tag" | "state";

interface FacetsProps {
  readonly chosen: Readonly<Record<Name, string | undefined>>;
  readonly onChange: (change: Partial<Record<Name, string>>) => void;
}

export function Facets({ chosen, onChange }: FacetsProps) {
  const reading = useReading(CatalogFacetsDocument, {}, { changes: ["version"] });
  if (reading.kind !== "ready") return <aside className="facets" aria-label="Filters" />;
  const { owners, runtimes, tags, states } = reading.data.catalogFacets;
  const groups = [
    { name: "tag", label: "Tag", values: tags },
    { name: "owner", label: "Owner", values: owners },
    { name: "runtime", label: "Runtime", values: runtimes },
    {
      name: "state",
      label: "State",
      values: states.map((each) => ({ ...each, value: each.value.toLowerCase() })),
    },
  ] as const;
  const isChosen = groups.some(({ name }) => chosen[name]);
  return (
    <aside className="facets" aria-label="Filters">
      <div className="row facets-head">
        <h2>Filters</h2>
        {isChosen && (
          <Button
            className="push"
            size="compact-xs"
            variant="subtle"
            onClick={() => onChange({ owner: "", runtime: "", tag: "", state: "" })}
          >
            Clear
          </Button>
        )}
      </div>
      {groups.map(({ name, label, values }) => (
        <fieldset key={name}>
          <legend>{label}</legend>
          {values.map(({ value, count }) => (
            <button
              key={value}
              type="button"
              aria-pressed={chosen[name] === value}
              onClick={() => onChange({ [name]: chosen[name] === value ? "" : value })}
            >
              <span className="grow ellipsis">{name === "state" ? stateWord(value) : value}</span>
              <span className="facet-count">{count}</span>
            </button>
          ))}
        </fieldset>
      ))}
    </aside>
  );
}

function stateWord(value: string): string {
  const key = lower(value);
  return key in APPEARANCE ? APPEARANCE[key as keyof typeof APPEARANCE].word : value;
}
