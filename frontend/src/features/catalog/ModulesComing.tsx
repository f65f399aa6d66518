import { Coming, Lines } from "@/design/Message";
import { Panel } from "@/design/Page";

/** Modules before they are read, as cards or as rows. */
export function ModulesComing({ isTable }: { readonly isTable: boolean }) {
  return (
    <Coming>
      {isTable ? (
        <Panel flush>
          <Lines rows={8} />
        </Panel>
      ) : (
        <div className="module-cards">
          {["a", "b", "c", "d", "e", "f"].map((place) => (
            <div key={place} className="module-card module-card-coming">
              <Lines rows={4} />
            </div>
          ))}
        </div>
      )}
    </Coming>
  );
}
