import { NumberInput, Select, TextInput } from "@mantine/core";
import type { GraphNode } from "@/domain/graph";
import { type JsonObject, numberAt, textAt } from "@/domain/json";
import { useStudio } from "./studioContext";

type Until = "seconds" | "computed" | "time";

const WAYS: readonly { readonly value: Until; readonly label: string }[] = [
  { value: "seconds", label: "for a number of seconds" },
  { value: "computed", label: "for seconds that are computed" },
  { value: "time", label: "until a time" },
];
const BEGINNINGS: Readonly<Record<Until, JsonObject>> = {
  seconds: { seconds: 60, until: undefined },
  computed: { seconds: "60.0", until: undefined },
  time: { seconds: undefined, until: 'timestamp("2030-01-31T09:00:00Z")' },
};

function wayOf(node: GraphNode): Until {
  if (node["until"] !== undefined) return "time";
  return typeof node["seconds"] === "string" ? "computed" : "seconds";
}

/** How long a node waits. */
export function WaitFields({ id, node }: { readonly id: string; readonly node: GraphNode }) {
  const { editor, mayEdit } = useStudio();
  const way = wayOf(node);
  const field = way === "time" ? "until" : "seconds";
  return (
    <>
      <Select
        label="Waits"
        data={WAYS}
        value={way}
        allowDeselect={false}
        onChange={(next) => next !== null && next !== way && editor.setRef(id, BEGINNINGS[next])}
        disabled={!mayEdit}
      />
      {way === "seconds" ? (
        <NumberInput
          label="Seconds"
          min={0}
          value={numberAt(node, "seconds") ?? ""}
          onChange={(seconds) => typeof seconds === "number" && editor.setRef(id, { seconds })}
          disabled={!mayEdit}
        />
      ) : (
        <TextInput
          label={way === "time" ? "Time" : "Seconds"}
          description="An expression over inputs and parameters."
          className="mono-field"
          value={textAt(node, field) ?? ""}
          onChange={(event) => editor.setRef(id, { [field]: event.currentTarget.value })}
          disabled={!mayEdit}
        />
      )}
    </>
  );
}
