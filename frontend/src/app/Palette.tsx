import { useDebouncedValue } from "@mantine/hooks";
import {
  Spotlight,
  type SpotlightActionData,
  type SpotlightActionGroupData,
  spotlight,
} from "@mantine/spotlight";
import { IconActivity, IconBox, IconSearch, IconSitemap } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, useEffect, useState } from "react";
import { useQuery } from "urql";
import { SpotlightDocument } from "@/api/generated/graphql";
import { StatusMark } from "@/design/StatusMark";
import { lower } from "@/domain/status";

const GO = [
  { label: "Home", to: "/", hint: "g h" },
  { label: "Catalog", to: "/catalog", hint: "g c" },
  { label: "Graphs", to: "/graphs", hint: "g g" },
  { label: "Runs", to: "/runs", hint: "g r" },
  { label: "Reviews", to: "/reviews", hint: "g v" },
  { label: "Settings", to: "/settings", hint: "g s" },
  { label: "API explorer", to: "/explorer", hint: "" },
] as const;

/** Everything by name: places, modules, graphs and runs. */
export function Palette({ onClose }: { readonly onClose: () => void }) {
  const navigate = useNavigate();
  const [text, setText] = useState("");
  const [search] = useDebouncedValue(text.trim(), 150);
  const [{ data, fetching, error }] = useQuery({
    query: SpotlightDocument,
    variables: { search },
    pause: search === "",
  });
  useEffect(() => spotlight.open(), []);

  const things = search === "" ? undefined : data;
  const nodes = <Node,>(list: { readonly edges: readonly { readonly node: Node }[] } | undefined) =>
    (list?.edges ?? []).map(({ node }) => node);
  const groups: SpotlightActionGroupData[] = [
    {
      group: "Modules",
      actions: nodes(things?.modules).map(({ id, name, summary }): SpotlightActionData => {
        const [team = "", short = ""] = name.split("/");
        const onClick = () => void navigate({ to: "/catalog/$team/$name", params: { team, name: short } });
        return { id, label: name, description: summary, leftSection: <IconBox size={16} />, onClick };
      }),
    },
    {
      group: "Graphs",
      actions: nodes(things?.graphs).map(({ id, title, team }): SpotlightActionData => {
        const onClick = () => void navigate({ to: "/graphs/$graphId", params: { graphId: id } });
        return { id, label: title, description: team.slug, leftSection: <IconSitemap size={16} />, onClick };
      }),
    },
    {
      group: "Runs",
      actions: nodes(things?.runs).map(({ id, title, status }): SpotlightActionData => {
        const onClick = () => void navigate({ to: "/runs/$runId", params: { runId: id } });
        return {
          id,
          label: title,
          rightSection: <StatusMark key={id} status={lower(status)} />,
          leftSection: <IconActivity size={16} />,
          onClick,
        };
      }),
    },
    {
      group: "Go to",
      actions: GO.filter(({ label }) => label.toLowerCase().includes(text.trim().toLowerCase())).map(
        ({ label, to, hint }): SpotlightActionData => ({
          id: to,
          label,
          rightSection: <span className="mono muted small">{hint}</span>,
          onClick: () => void navigate({ to }),
        }),
      ),
    },
  ];
  const nothing = error
    ? "The search cannot be reached."
    : fetching
      ? "Searching…"
      : "Nothing has this name.";
  return (
    <Spotlight
      actions={groups.filter(({ actions }) => actions.length > 0)}
      filter={(_query, actions) => actions}
      query={text}
      onQueryChange={setText}
      onSpotlightClose={onClose}
      nothingFound={nothing}
      attributes={{ content: { "aria-label": "Search" } }}
      highlightQuery
      scrollable
      maxHeight={420}
      shortcut={null}
      searchProps={{
        leftSection: <IconSearch size={16} />,
        placeholder: "Modules, graphs, runs, places…",
        onKeyDown: takeFirst,
      }}
    />
  );
}

/** Enter takes the first result when none was chosen with the arrows. */
function takeFirst(event: KeyboardEvent<HTMLInputElement>): void {
  if (event.key !== "Enter") return;
  const dialog = event.currentTarget.closest("[role=dialog]");
  if (dialog?.querySelector("[data-action][data-selected]") === null) {
    dialog.querySelector<HTMLElement>("[data-action]")?.click();
  }
}
