import { useMantineColorScheme } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { GraphiQL } from "graphiql";
import "graphiql/setup-workers/vite";
import "graphiql/style.css";
import { fetchDocument } from "@/api/fetchDocument";
import "./explorer.css";

const FIRST = `# The studio uses this same API and nothing else.
# What you see here is what your roles allow.
query Modules {
  modules(first: 5) {
    edges {
      node {
        name
        summary
        latest { version state }
      }
    }
  }
}
`;

export function ExplorerPage() {
  useDocumentTitle("API explorer · Lamina");
  const { colorScheme } = useMantineColorScheme();
  const forced = colorScheme === "auto" ? undefined : colorScheme;
  return (
    <div className="explorer">
      <GraphiQL
        fetcher={fetchDocument}
        defaultQuery={FIRST}
        {...(forced === undefined ? {} : { forcedTheme: forced })}
        shouldPersistHeaders={false}
      />
    </div>
  );
}
