import { VersionDetailDocument } from "@/api/generated/graphql";
import { useReading } from "@/api/useReading";
import { Failure, Loading } from "@/design/Message";
import { contractPorts } from "@/domain/ports";
import { PortTable } from "./PortTable";
import { portMarks } from "./portMarks";

interface SideBySideProps {
  readonly name: string;
  readonly older: string;
  readonly newer: string;
}

/** The ports of two versions, with what became of each. */
export function SideBySide({ name, older, newer }: SideBySideProps) {
  const left = useReading(VersionDetailDocument, { name, version: older });
  const right = useReading(VersionDetailDocument, { name, version: newer });
  const failed = left.kind === "failed" ? left : right.kind === "failed" ? right : undefined;
  if (failed !== undefined) {
    return (
      <Failure title="The versions could not be read" onRetry={failed.again}>
        {failed.message}
      </Failure>
    );
  }
  if (left.kind !== "ready" || right.kind !== "ready") return <Loading rows={4} />;
  const [before, after] = [left.data.moduleVersion?.contract, right.data.moduleVersion?.contract];
  return (
    <div className="side-by-side">
      <Ports version={older} contract={before} other={after} gone="removed" />
      <Ports version={newer} contract={after} other={before} gone="added" />
    </div>
  );
}

interface PortsProps {
  readonly version: string;
  readonly contract: unknown;
  readonly other: unknown;
  readonly gone: "added" | "removed";
}

function Ports({ version, contract, other, gone }: PortsProps) {
  return (
    <div>
      <h3 className="mono">{version}</h3>
      <PortTable
        title="Takes"
        ports={contractPorts(contract, "in")}
        marks={portMarks(contract, other, "in", gone)}
      />
      <PortTable
        title="Gives"
        ports={contractPorts(contract, "out")}
        marks={portMarks(contract, other, "out", gone)}
      />
    </div>
  );
}
