import { Inline } from "@/design/Inline";
import { JsonTree } from "@/design/JsonTree";
import { Facts, Panel } from "@/design/Page";
import { isObject, listAt, objectAt, textAt } from "@/domain/json";
import { contractPorts, schemaText } from "@/domain/ports";
import { bytesText, durationText } from "@/domain/words";
import { PortTable } from "./PortTable";

export function ContractTab({ contract }: { readonly contract: unknown }) {
  const settings = Object.entries(objectAt(objectAt(contract, "config"), "properties"));
  const errors = Object.entries(objectAt(contract, "errors"));
  const limits = objectAt(contract, "limits");
  const capabilities = Object.entries(objectAt(contract, "capabilities"));
  return (
    <div className="module-docs">
      <div className="column">
        <Panel title="Ports" flush>
          <PortTable title="Takes" ports={contractPorts(contract, "in")} />
          <PortTable title="Gives" ports={contractPorts(contract, "out")} />
        </Panel>
        <Panel title="Settings" flush>
          <table className="table settings-table" aria-label="Settings">
            <thead>
              <tr>
                <th>Name</th>
                <th>Type</th>
                <th>Default</th>
                <th>Means</th>
              </tr>
            </thead>
            <tbody>
              {settings.map(([name, schema]) => (
                <tr key={name}>
                  <td className="mono">{name}</td>
                  <td className="mono">{schemaText(schema, contract)}</td>
                  <td className="mono">
                    {isObject(schema) && "default" in schema ? JSON.stringify(schema["default"]) : "–"}
                  </td>
                  <td className="muted">
                    <Inline text={textAt(schema, "description") ?? textAt(schema, "title") ?? "–"} />
                  </td>
                </tr>
              ))}
              {settings.length === 0 && (
                <tr>
                  <td colSpan={4} className="muted">
                    It has no settings.
                  </td>
                </tr>
              )}
            </tbody>
          </table>
        </Panel>
        <Panel title="As it is stored">
          <JsonTree value={contract} />
        </Panel>
      </div>
      <div className="column">
        <Panel title="Errors it declares">
          {errors.length === 0 && <p className="muted">None: it fails only as the platform can.</p>}
          <ul className="checks">
            {errors.map(([name, error]) => (
              <li key={name}>
                <div>
                  <span className="mono">{name}</span>
                  {isObject(error) && error["retryable"] === true && <span className="tag">retryable</span>}
                  <p className="small muted">
                    <Inline text={textAt(error, "doc") ?? ""} />
                  </p>
                </div>
              </li>
            ))}
          </ul>
        </Panel>
        <Panel title="Capabilities and limits">
          <Facts
            facts={[
              ...capabilities.map(
                ([name, value]) =>
                  [
                    name,
                    Array.isArray(value) ? listAt({ value }, "value").join(", ") : String(value),
                  ] as const,
              ),
              ...(capabilities.length === 0 ? [["Reaches", "nothing outside its sandbox"] as const] : []),
              ...Object.entries(limits).map(
                ([name, value]) => [limitWord(name), limitText(name, value)] as const,
              ),
            ]}
          />
        </Panel>
      </div>
    </div>
  );
}

const LIMITS: Readonly<Record<string, string>> = {
  wall_seconds: "Time",
  cpu_seconds: "Processor",
  memory_bytes: "Memory",
  output_bytes: "Outputs",
};

function limitWord(name: string): string {
  return LIMITS[name] ?? name;
}

function limitText(name: string, value: unknown): string {
  if (typeof value !== "number") return String(value);
  if (name.endsWith("_bytes")) return bytesText(value);
  return name.endsWith("_seconds") ? durationText(value * 1000) : String(value);
}
