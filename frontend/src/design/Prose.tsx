import Markdown from "react-markdown";
import remarkGfm from "remark-gfm";
import "./prose.css";

const PLUGINS = [remarkGfm];

/** Markdown that somebody wrote. Raw HTML in it stays text, and pictures from elsewhere are not fetched. */
export function Prose({ text }: { readonly text: string }) {
  return (
    <div className="prose">
      <Markdown
        remarkPlugins={PLUGINS}
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
