import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig, type PluginOption } from "vite";

const server = process.env["LAMINA_PORT"];

async function devServer(): Promise<PluginOption[]> {
  if (server !== undefined || process.env["VITEST"] !== undefined) return [];
  const { rehearsal } = await import("./dev/rehearsal.ts");
  return [rehearsal()];
}

// The tool reads the default export of its configuration file.
export default defineConfig(async ({ command }) => ({
  plugins: [react(), ...(command === "serve" ? await devServer() : [])],
  resolve: {
    alias: {
      "@rjsf/validator-ajv8": fileURLToPath(new URL("./src/features/studio/noAjv.ts", import.meta.url)),
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
    port: Number(process.env["PORT"] ?? 8170),
    strictPort: true,
    ...(server === undefined
      ? {}
      : {
          proxy: Object.fromEntries(
            ["/graphql", "/collab", "/runs/", "/artifacts", "/sign-in", "/signin", "/bundles"].map((path) => [
              path,
              { target: `http://127.0.0.1:${server}`, ws: true, bypass },
            ]),
          ),
        }),
  },
  test: { environment: "jsdom", globals: false, include: ["tests/**/*.test.{ts,tsx}"], setupFiles: ["tests/setup.ts"] },
}));

/** A page of the studio may share its path with a door of the server: navigation stays here. */
function bypass(request: { headers: { accept?: string | undefined }; url?: string | undefined }) {
  return request.headers.accept?.includes("text/html") === true ? "/index.html" : undefined;
}
