import { mergeConfig } from "vite";
import { defineConfig } from "vitest/config";
import built from "./vite.config.ts";

// The tool reads the default export of its configuration file.
export default mergeConfig(
  built,
  // Files that draw ask for jsdom themselves: a browser's world is slow to make.
  defineConfig({ test: { environment: "node", include: ["tests/**/*.test.{ts,tsx}"] } }),
);
