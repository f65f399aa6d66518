import { Button } from "@mantine/core";
import { commandsFor } from "./commands";
import { useStudio } from "./studioContext";

/** Everything that can be done with what is selected, as buttons. */
export function CommandList({ without = [] }: { readonly without?: readonly string[] }) {
  const commands = commandsFor(useStudio()).filter(({ key }) => !without.includes(key));
  return (
    <div className="command-list">
      {commands.map(({ key, title, keys, Icon, act }) => (
        <Button
          key={key}
          variant="default"
          justify="flex-start"
          leftSection={<Icon size={14} />}
          title={keys}
          onClick={act}
        >
          {title}
        </Button>
      ))}
    </div>
  );
}
