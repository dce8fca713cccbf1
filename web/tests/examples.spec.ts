// GraphiQL's examples against the schema: each is valid with its variables, and no field of the API is without one.

import { existsSync, readdirSync, readFileSync } from "node:fs";

import { expect, test } from "@playwright/test";
import {
  buildSchema,
  getNamedType,
  getVariableValues,
  type GraphQLObjectType,
  Kind,
  parse,
  TypeInfo,
  validate,
  visit,
  visitWithTypeInfo,
} from "graphql";

const folder = new URL("../src/examples/", import.meta.url);
const read = (name: string) => readFileSync(new URL(name, folder), "utf8");
const schema = buildSchema(readFileSync(new URL("../../schema.graphql", import.meta.url), "utf8"));
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".graphql"))
  .map((file) => file.replace(".graphql", ""));

for (const name of names) {
  test(`${name} is valid with its variables`, () => {
    const text = read(`${name}.graphql`);
    expect(text, "begins with its title").toMatch(/^# [A-Z].{5,60}\n/);
    const document = parse(text);
    expect(validate(schema, document).map(String)).toEqual([]);

    const operations = document.definitions.filter((it) => it.kind === Kind.OPERATION_DEFINITION);
    expect(operations).toHaveLength(1);
    const [{ name: title, variableDefinitions = [] } = {}] = operations;
    expect(title, "has a name: tabs and the history show it").toBeDefined();
    const variables = existsSync(new URL(`${name}.json`, folder)) ? JSON.parse(read(`${name}.json`)) : {};
    const wanted = variableDefinitions.map((it) => it.variable.name.value);
    expect(Object.keys(variables), "names all its variables, in their order, and no other").toEqual(wanted);
    expect(getVariableValues(schema, variableDefinitions, variables).errors?.map(String) ?? []).toEqual([]);
  });
}

// The ways in and out, which a form is for: GraphiQL keeps what it runs with the history, and these bring passwords and tokens.
const WITHOUT = [
  "signIn",
  "verifySecondFactor",
  "refreshSession",
  "signOut",
  "acceptInvitation",
  "requestPasswordReset",
  "resetPassword",
  "passwordChange",
  "sessionConfirm",
  // There is no other session to end unless somebody has just signed in twice; `sessionEndOthers` has an example.
  "sessionEnd",
].map((name) => `Mutation.${name}`);

test("every field of the API has an example", () => {
  const shown = new Set<string>();
  for (const name of names) {
    const info = new TypeInfo(schema);
    const visitor = { Field: () => void shown.add(`${info.getParentType()?.name}.${info.getFieldDef()?.name}`) };
    visit(parse(read(`${name}.graphql`)), visitWithTypeInfo(info, visitor));
  }
  const roots = [schema.getQueryType(), schema.getMutationType()].flatMap((root) =>
    Object.keys(root?.getFields() ?? {}).map((field) => `${root?.name}.${field}`),
  );
  expect(roots.length).toBeGreaterThanOrEqual(13);
  expect(roots.filter((field) => !shown.has(field))).toEqual(WITHOUT);
});

test("the whole file of a user is whole", () => {
  const asked = new Map<string, Set<string>>();
  const info = new TypeInfo(schema);
  const visitor = {
    Field: () => {
      const type = info.getParentType()?.name ?? "";
      asked.set(type, (asked.get(type) ?? new Set()).add(info.getFieldDef()?.name ?? ""));
    },
  };
  visit(parse(read("userWholeFile.graphql")), visitWithTypeInfo(info, visitor));
  // Rows lead back to whose they are, and listings of others are named only; lists and the trail have examples of their own.
  const elsewhere = /^(Query|Audit\w+|\w+Connection)$/;
  for (const [type, fields] of asked) {
    const all = Object.values((schema.getType(type) as GraphQLObjectType).getFields());
    const missing = all.filter((it) => !fields.has(it.name) && !(type !== "User" && getNamedType(it.type).name === "User"));
    if (!elsewhere.test(type)) expect(missing.map((it) => it.name), type).toEqual([]);
  }
  expect(asked.size).toBeGreaterThan(30);
});

test("the table of contents names each example once", () => {
  const contents: Record<string, string[]> = JSON.parse(read("contents.json"));
  expect(Object.values(contents).flat().sort()).toEqual(names.sort());
});
