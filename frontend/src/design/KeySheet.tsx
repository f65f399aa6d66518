import { Modal } from "@mantine/core";
import "./keys.css";

export interface KeySection {
  readonly title: string;
  /** What is pressed, and what it does. */
  readonly keys: readonly (readonly [string, string])[];
}

interface KeySheetProps {
  readonly sections: readonly KeySection[];
  readonly onClose: () => void;
}

/** The keys that work where one stands. */
export function KeySheet({ sections, onClose }: KeySheetProps) {
  return (
    <Modal opened onClose={onClose} title="Keys" size={sections.length > 1 ? "xl" : "md"}>
      <div className={`keys${sections.length > 1 ? " keys-wide" : ""}`}>
        {sections.map(({ title, keys }) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {keys.map(([pressed, does]) => (
                <div key={pressed}>
                  <dt>
                    <kbd className="key">{pressed}</kbd>
                  </dt>
                  <dd>{does}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
