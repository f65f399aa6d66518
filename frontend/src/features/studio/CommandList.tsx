import { Fragment } from "react";
import { commandsFor } from "./commands";
import { useStudio } from "./studioContext";

/** Everything that can be done with what is selected. */
export function CommandList({ without = [] }: { readonly without?: readonly string[] }) {
  const commands = commandsFor(useStudio()).filter(({ key }) => !without.includes(key));
  if (commands.length === 0) return null;
  return (
    <section className="column tight">
      <h3>Do</h3>
      <div className="command-list">
        {commands.map(({ key, title, keys, Icon, act, part }, place) => (
          <Fragment key={key}>
            {place > 0 && commands[place - 1]?.part !== part && <hr />}
            <button type="button" onClick={act}>
              <Icon size={14} aria-hidden />
              <span className="grow">{title}</span>
              {keys !== undefined && <span className="menu-keys">{keys}</span>}
            </button>
          </Fragment>
        ))}
      </div>
    </section>
  );
}
