import { useDocumentTitle } from "@mantine/hooks";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { JsonEditor } from "@/design/code/JsonEditor";
import { Failure, Loading } from "@/design/Message";
import { ExplorerBar } from "./ExplorerBar";
import { OperationEditor } from "./OperationEditor";
import { ResultState, ResultView } from "./ResultView";
import { SchemaDocs } from "./SchemaDocs";
import { useDraft } from "./useDraft";
import { useSchema } from "./useSchema";
import "./explorer.css";

const route = getRouteApi("/explorer");

/** The API of the studio to try out, with one's own session and roles. */
export function ExplorerPage() {
  useDocumentTitle("API explorer · Lamina");
  const { type, example } = route.useSearch();
  const navigate = route.useNavigate();
  const [areDocsShown, setDocsShown] = useState(true);
  const reading = useSchema();
  const draft = useDraft(example);
  const showType = (name: string) => {
    setDocsShown(true);
    void navigate({ search: (before) => ({ ...before, type: name }) });
  };
  return (
    <div className={`explorer${areDocsShown ? "" : " explorer-wide"}`}>
      <ExplorerBar
        isBusy={draft.isBusy}
        past={draft.past}
        areDocsShown={areDocsShown}
        onRun={draft.run}
        onStop={draft.stop}
        onExample={(chosen) => {
          draft.take(chosen);
          void navigate({ search: (before) => ({ ...before, example: chosen.id }), replace: true });
        }}
        onPast={draft.take}
        onForget={draft.forget}
        onDocs={() => setDocsShown(!areDocsShown)}
      />
      {areDocsShown && (
        <aside className="explorer-docs" aria-label="Schema">
          {reading.kind === "loading" && <Loading rows={8} />}
          {reading.kind === "failed" && (
            <Failure title="The schema could not be read" onRetry={reading.again}>
              {reading.message}
            </Failure>
          )}
          {reading.kind === "ready" && <SchemaDocs schema={reading.schema} type={type} onType={showType} />}
        </aside>
      )}
      <section className="explorer-ask" aria-label="Request">
        <OperationEditor
          key={draft.shown}
          text={draft.query}
          schema={reading.kind === "ready" ? reading.schema : undefined}
          onChange={draft.edit}
          onRun={draft.run}
          onType={showType}
        />
        <div className="explorer-variables">
          <h2>Variables</h2>
          <JsonEditor
            key={draft.shown}
            label="Variables"
            text={draft.variables}
            onChange={draft.editVariables}
          />
        </div>
      </section>
      <section className="explorer-answer" aria-label="Answer" aria-live="polite">
        <div className="row explorer-answer-head">
          <h2>Answer</h2>
          <span className="push">
            <ResultState result={draft.result} />
          </span>
        </div>
        <div className="explorer-answer-body">
          <ResultView result={draft.result} />
        </div>
      </section>
    </div>
  );
}
