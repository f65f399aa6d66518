import Markdown from "react-markdown";
import "./prose.css";

/** Markdown that somebody wrote. Raw HTML in it stays text, and pictures from elsewhere are not fetched. */
export function Prose({ text }: { readonly text: string }) {
  return (
    <div className="prose">
      <Markdown
        components={{
          img: ({ alt }) => <span className="muted">[{alt}]</span>,
          a: ({ href, children }) => (
            <a href={href} rel="noreferrer noopener" target="_blank">
              {children}
            </a>
          ),
        }}
      >
        {text}
      </Markdown>
    </div>
  );
}
