import { IconAlertTriangle, IconCheck, IconHelpCircle } from "@tabler/icons-react";
import { Bump } from "@/design/Bump";
import { Inline } from "@/design/Inline";
import { brief } from "@/domain/json";
import { type Change, fragmentAt, type Verdict, verdictOf, whomOf, witnessLabel } from "./breaks";
import { PointerTalk } from "./PointerTalk";
import type { ReviewViewProps } from "./review";

const VERDICTS = {
  proven: { icon: IconCheck, words: () => "Proven harmless" },
  breaks: { icon: IconAlertTriangle, words: (side: string) => `Breaks ${side}` },
  unknown: { icon: IconHelpCircle, words: () => "Undecided: look yourself" },
} as const satisfies Readonly<Record<Verdict, { icon: unknown; words: (side: string) => string }>>;

interface ContractChangeProps extends ReviewViewProps {
  readonly id: string | undefined;
  readonly change: Change;
  readonly isShown: boolean;
}

export function ContractChange({ id, change, isShown, review, onChanged }: ContractChangeProps) {
  const verdict = verdictOf(change);
  const { icon: Icon, words } = VERDICTS[verdict];
  const isFirst = review.contractDiff.find(({ path }) => path === change.path)?.message === change.message;
  return (
    <section id={id} className={`contract-change${isShown ? " contract-shown" : ""}`}>
      <div className="row wrap">
        <Bump level={change.level} />
        <code className="mono">{change.path}</code>
        <span className={`contract-verdict contract-${verdict} push`}>
          <Icon size={14} aria-hidden /> {words(whomOf(change.path))}
        </span>
      </div>
      <p>
        <Inline text={change.message} />
      </p>
      {change.hasWitness && (
        <div className={`contract-witness contract-witness-${verdict}`}>
          <span className="small muted">{witnessLabel(change)}</span>
          <code className="mono">{brief(change.witness, 2000)}</code>
        </div>
      )}
      <BeforeAfter path={change.path} review={review} />
      {isFirst && <PointerTalk review={review} pointer={change.path} onChanged={onChanged} />}
    </section>
  );
}

function BeforeAfter({
  path,
  review,
}: {
  readonly path: string;
  readonly review: ReviewViewProps["review"];
}) {
  const { before, after } = fragmentAt(path, review.base?.contract, review.version.contract);
  return (
    <div className="contract-sides">
      <Side sign="−" label={`In ${review.base?.version ?? "the base"}`} value={before} />
      <Side sign="+" label={`In ${review.version.version}`} value={after} />
    </div>
  );
}

interface SideProps {
  readonly sign: "+" | "−";
  readonly label: string;
  readonly value: unknown;
}

function Side({ sign, label, value }: SideProps) {
  return (
    <figure className={sign === "+" ? "side-after" : "side-before"}>
      <figcaption className="small muted">
        <span aria-hidden="true" className="mono">
          {sign}
        </span>{" "}
        {label}
      </figcaption>
      {value === undefined ? (
        <p className="small muted">not there</p>
      ) : (
        <pre className="mono">{JSON.stringify(value, null, 2)}</pre>
      )}
    </figure>
  );
}
