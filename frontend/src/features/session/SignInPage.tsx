import { Button, Code } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { IconRefresh } from "@tabler/icons-react";
import { Mark } from "@/design/Mark";
import "./session.css";

/** For people who are signed out: there is no password, so it says where the link comes from. */
export function SignInPage({ onAgain }: { readonly onAgain: () => void }) {
  useDocumentTitle("Sign in · Lamina");
  return (
    <main className="sign-in">
      <div className="sign-in-card">
        <Mark size={40} />
        <h1>Sign in to Lamina</h1>
        <p>
          Lamina has no passwords. You come in by a link that works once, and your browser stays signed in for
          twelve hours.
        </p>
        <ol>
          <li>
            <h2>You started this Lamina yourself</h2>
            <p>
              The link stands in the terminal in which it was started. For a new one, run{" "}
              <Code>.venv/bin/python manage.py sign_in_link</Code> there.
            </p>
          </li>
          <li>
            <h2>Somebody else runs it</h2>
            <p>
              Ask an administrator of your team. They make a link for you under Settings, Teams and members.
            </p>
          </li>
        </ol>
        <Button variant="default" leftSection={<IconRefresh size={14} />} onClick={onAgain}>
          I have opened my link
        </Button>
      </div>
    </main>
  );
}
