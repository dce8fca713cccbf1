// Makes src/generated.ts of the API's schema and of the operations in src/users.graphql, with GraphQL Code Generator:
// the types of variables and answers, and for each operation a document that carries them. Not committed.

import { readFile, writeFile } from "node:fs/promises";

import { codegen } from "@graphql-codegen/core";
import * as documents from "@graphql-codegen/typed-document-node";
import * as operations from "@graphql-codegen/typescript-operations";
import { parse } from "graphql";

const here = (path) => new URL(path, import.meta.url);
const read = async (path) => parse(await readFile(here(path), "utf8"));

// Instants, days, addresses and ids travel as text.
const text = ["CountryCode", "CurrencyCode", "Date", "DateTime", "Decimal", "Email", "ID", "LanguageTag", "Phone", "TimeZone", "UUID", "Url"];

const output = await codegen({
  filename: "src/generated.ts",
  schema: await read("../../schema.graphql"),
  documents: [{ location: "src/users.graphql", document: await read("src/users.graphql") }],
  config: {
    documentMode: "string",
    enumsAsTypes: true,
    inlineFragmentTypes: "combine",
    scalars: { ...Object.fromEntries(text.map((name) => [name, "string"])), JSON: "unknown" },
    strictScalars: true,
    useTypeImports: true,
  },
  plugins: [{ operations: {} }, { documents: {} }],
  pluginMap: { operations, documents },
});
await writeFile(here("src/generated.ts"), output);
