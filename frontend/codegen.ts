import type { CodegenConfig } from "@graphql-codegen/cli";

const config: CodegenConfig = {
  schema: "../studio/api/schema.graphql",
  documents: ["src/**/*.graphql"],
  generates: {
    "./src/api/generated/": {
      preset: "client",
      presetConfig: {
        fragmentMasking: false,
        persistedDocuments: { mode: "embedHashInDocument", hashAlgorithm: "sha256" },
      },
      config: {
        enumsAsTypes: true,
        useTypeImports: true,
        dedupeFragments: true,
        scalars: {
          DateTime: "string",
          Digest: "string",
          SemVer: "string",
          Long: "number",
          JSON: "unknown",
          ID: "string",
        },
      },
    },
  },
};

// The tool reads the default export of its configuration file.
export default config;
