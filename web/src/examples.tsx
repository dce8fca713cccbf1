// The example operations, as a panel beside the documentation. A click opens one in the editors; nothing runs by itself.
//
// Each stands in examples/: NAME.graphql, which begins with its title as a comment, and NAME.json with its variables
// where it has any. contents.json has them in order. tests/examples.spec.ts holds them against the schema, and the
// program's own tests (tests/api/authority.rs) ask those that are named like a root field.

import { type GraphiQLPlugin, pick, useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { Kind, parse } from "graphql";

import contents from "./examples/contents.json";
import { ask, useSession } from "./session";

/** Stands in variables for the id of a user. */
const SOMEBODY = '"ID OF A USER"';
const LATEST = `query LatestUser {
  users(first: 1, where: { status: { ne: CANCELED } }, orderBy: [{ field: UPDATED_AT, direction: DESC }]) { nodes { id } }
}`;

export type Example = { name: string; title: string; query: string; variables: string };

const queries = import.meta.glob<string>("./examples/*.graphql", { query: "?raw", import: "default", eager: true });
const variables = import.meta.glob<string>(["./examples/*.json", "!**/contents.json"], {
  query: "?raw",
  import: "default",
  eager: true,
});

export function example(name: string): Example {
  const query = queries[`./examples/${name}.graphql`];
  if (query === undefined) throw new Error(`there is no example ${name}`);
  const title = /^# (.+)/.exec(query)?.[1] ?? name;
  return { name, title, query, variables: variables[`./examples/${name}.json`] ?? "" };
}

const groups = Object.entries(contents).map(([title, names]) => ({ title, examples: names.map(example) }));

function Examples() {
  const open = useOpen();
  return (
    <section className="examples" aria-label="Examples">
      <h2 className="graphiql-doc-explorer-title">Examples</h2>
      {groups.map(({ title, examples }) => (
        <div key={title}>
          <h3>{title}</h3>
          <ul>
            {examples.map((it) => (
              <li key={it.name}>
                <button type="button" disabled={!open} onClick={() => void open?.(it)}>
                  {it.title}
                </button>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </section>
  );
}

/** Shows an example in a tab: in the one that has it already, in an empty one, or in a new one. Null until there are editors. */
function useOpen() {
  const { tabs, activeTabIndex, queryEditor, variableEditor } = useGraphiQL(
    pick("tabs", "activeTabIndex", "queryEditor", "variableEditor"),
  );
  const { addTab, changeTab, setOperationFacts, setOperationName } = useGraphiQLActions();
  const signedIn = useSession().state === "signedIn";
  if (!queryEditor || !variableEditor) return null;
  return async ({ query, variables }: Example) => {
    const there = tabs.findIndex((tab) => tab.query === query);
    if (there >= 0) {
      if (there !== activeTabIndex) changeTab(there);
      return;
    }
    const filled = signedIn && variables.includes(SOMEBODY) ? await aboutLatest(variables) : variables;
    if (queryEditor.getValue().trim()) addTab();
    queryEditor.setValue(query);
    variableEditor.setValue(filled);
    // GraphiQL reads the operation's name a moment after it stopped changing: too late for who runs it at once.
    const documentAST = parse(query);
    const operations = documentAST.definitions.filter((it) => it.kind === Kind.OPERATION_DEFINITION);
    setOperationFacts({ documentAST, operations });
    setOperationName(operations[0]?.name?.value ?? "");
    queryEditor.focus();
  };
}

/** The variables, about the user who was changed last: safe to run, because the acts among the examples are previews. */
async function aboutLatest(variables: string): Promise<string> {
  const answer = await ask<{ users: { nodes: { id: string }[] } | null }>(LATEST).catch(() => null);
  const id = answer?.data?.users?.nodes[0]?.id;
  return id ? variables.replace(SOMEBODY, JSON.stringify(id)) : variables;
}

function Icon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinejoin="round">
      <path d="M6 3.5h12a1 1 0 0 1 1 1v16l-7-4-7 4v-16a1 1 0 0 1 1-1Z" />
    </svg>
  );
}

export const EXAMPLES: GraphiQLPlugin = { title: "Examples", icon: Icon, content: Examples };
