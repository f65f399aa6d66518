import { SegmentedControl, useMantineColorScheme } from "@mantine/core";
import { Panel } from "@/design/Page";
import { PortGlyph } from "@/design/PortGlyph";
import { PORT_KINDS } from "@/domain/ports";

export function Appearance() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <div className="column settings">
      <Panel title="Theme">
        <SegmentedControl
          aria-label="Theme"
          data={[
            { value: "auto", label: "As the system" },
            { value: "light", label: "Light" },
            { value: "dark", label: "Dark" },
          ]}
          value={colorScheme}
          onChange={(next) => setColorScheme(next as typeof colorScheme)}
        />
      </Panel>
      <Panel title="What the ports mean">
        <ul className="legend">
          {PORT_KINDS.map((kind) => (
            <li key={kind}>
              <PortGlyph kind={kind} size={16} /> {kind}
            </li>
          ))}
        </ul>
      </Panel>
    </div>
  );
}
