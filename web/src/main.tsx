// The GraphiQL page: the published package as it is, pointed at this server's own /graphql.
// Nothing is fetched from elsewhere, and headers, so also tokens, are gone when the page is left.

import "graphiql/setup-workers/vite";
import "graphiql/style.css";
import "./page.css";

import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import { createRoot } from "react-dom/client";

const FIRST_QUERY = `# Backdesk answers only to a token.
# 1. Write yours behind "Bearer" in Headers, below.
# 2. Press "Re-fetch GraphQL schema", on the left,
#    for the documentation and the completion.
# 3. Run this.

query FirstUsers {
  viewer {
    name
    roles
  }
  users(first: 10) {
    totalCount
    nodes {
      reference
      status
      name {
        display
      }
      email
    }
  }
}
`;

const FIRST_HEADERS = `{"Authorization": "Bearer "}`;

const fetcher = createGraphiQLFetcher({ url: "/graphql" });

const root = document.getElementById("root");
if (root === null) {
  throw new Error("index.html has no element with the id root");
}
createRoot(root).render(
  <GraphiQL
    fetcher={fetcher}
    defaultQuery={FIRST_QUERY}
    defaultHeaders={FIRST_HEADERS}
    defaultEditorToolsVisibility="headers"
    // Not the history: it would keep each request's headers in the browser's storage.
    plugins={[]}
    showPersistHeadersSettings={false}
  />,
);
