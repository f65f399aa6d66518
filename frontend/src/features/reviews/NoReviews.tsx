import { Button } from "@mantine/core";
import { IconChecklist, IconFilterOff } from "@tabler/icons-react";
import { Empty } from "@/design/Message";

export type Whose = "waiting" | "yes" | "no";

interface NoReviewsProps {
  readonly whose: Whose;
  readonly isFiltered: boolean;
  readonly onAll: () => void;
}

/** Says how a version gets here, or that the filters hide what is there. */
export function NoReviews({ whose, isFiltered, onAll }: NoReviewsProps) {
  if (isFiltered) {
    const action = (
      <Button variant="default" onClick={onAll}>
        Show all reviews
      </Button>
    );
    return (
      <Empty icon={IconFilterOff} title="None in this state" action={action}>
        Nothing matches these filters.
      </Empty>
    );
  }
  const title = {
    waiting: "Nothing waits for you",
    yes: "You have no review yet",
    no: "No version has been reviewed yet",
  }[whose];
  const action =
    whose === "no" ? undefined : (
      <Button variant="subtle" onClick={onAll}>
        Show all reviews
      </Button>
    );
  return (
    <>
      <Empty icon={IconChecklist} title={title} action={action}>
        {whose === "waiting"
          ? "Versions to judge, to release or to change show up here the moment it is your turn."
          : "A review begins when an author asks for one."}
      </Empty>
      <ol className="review-steps">
        <li>
          <h3>Publish a draft</h3>
          <p className="muted">
            From the folder of the module. The contract and the version number are checked.
          </p>
          <code className="mono">lamina publish ./module</code>
        </li>
        <li>
          <h3>Ask for review</h3>
          <p className="muted">On the module’s page, “Ask for review”, or on the command line.</p>
          <code className="mono">lamina submit team/module@1.0.0</code>
        </li>
        <li>
          <h3>Approve and release</h3>
          <p className="muted">Somebody else than the author approves; a maintainer releases it, for good.</p>
          <code className="mono">lamina release team/module@1.0.0</code>
        </li>
      </ol>
    </>
  );
}
