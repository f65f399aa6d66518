import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** The server that the development page talks to. */
const server = `http://127.0.0.1:${process.env["LAMINA_PORT"] ?? "8000"}`;
const DOORS = ["/graphql", "/collab", "/runs/", "/artifacts", "/sign-in", "/bundles", "/tickets"];

// The tool reads the default export of its configuration file.
export default defineConfig({
  plugins: [react()],
  resolve: {
    alias: {
      "@rjsf/validator-ajv8": fileURLToPath(new URL("./src/design/form/noAjv.ts", import.meta.url)),
      "@": fileURLToPath(new URL("./src", import.meta.url)),
    },
  },
  build: {
    // index.html is served for every page; what stands in dist/static is served under /static/.
    outDir: "dist",
    assetsDir: "static",
    // Nothing is inlined: the content policy takes fonts from this origin only.
    assetsInlineLimit: 0,
    manifest: true,
    target: "es2022",
    chunkSizeWarningLimit: 2000,
  },
  server: {
    host: "127.0.0.1",
    port: Number(process.env["PORT"] ?? 8170),
    strictPort: true,
    proxy: Object.fromEntries(DOORS.map((path) => [path, { target: server, ws: true, bypass }])),
  },
});

/** A page of the studio may share its path with a door of the server: navigation stays here. */
function bypass(request: { headers: { accept?: string | undefined }; url?: string | undefined }) {
  const isPage =
    request.headers.accept?.includes("text/html") === true && !request.url?.startsWith("/sign-in");
  return isPage ? "/index.html" : undefined;
}
