// The GraphiQL page: the published package, pointed at this server's own /graphql, below a bar to sign in.
// Nothing is fetched from elsewhere.

import "graphiql/setup-workers/vite";
import "graphiql/style.css";
import "./sign-in/colours.css";
import "./sign-in/sign-in.css";
import "./page.css";

import { HISTORY_PLUGIN } from "@graphiql/plugin-history";
import { createGraphiQLFetcher, type Fetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import { createRoot } from "react-dom/client";

import { EXAMPLES, example } from "./examples";
import { Forget } from "./forget";
import { ENDPOINT, resume, send, useSession } from "./session";
import { SessionBar } from "./session-bar";
import { tabStorage } from "./storage";
import { wellNamed } from "./well-named";

const overHttp = createGraphiQLFetcher({ url: ENDPOINT, fetch: send, enableIncrementalDelivery: false });
const fetcher: Fetcher = (params, options) => overHttp(wellNamed(params), options);
const plugins = [EXAMPLES, HISTORY_PLUGIN];
const first = example("users");
// A tab that was reloaded shows what it showed before.
const isNew = tabStorage.getItem("graphiql:tabState") === null;

function Page() {
  const signedIn = useSession().state === "signedIn";
  return (
    <>
      <SessionBar />
      <main>
        <GraphiQL
          fetcher={fetcher}
          // Strangers are told no schema, so none is asked for; once somebody is signed in, GraphiQL asks by itself.
          {...(!signedIn && { schema: null })}
          inputValueDeprecation
          schemaDescription
          storage={tabStorage}
          plugins={plugins}
          visiblePlugin={EXAMPLES.title}
          {...(isNew && { initialQuery: first.query, initialVariables: first.variables })}
          defaultEditorToolsVisibility="variables"
          // The only header that the server reads is the token's, and that has its own field: what is written into
          // this editor would be kept with the history.
          isHeadersEditorEnabled={false}
          showPersistHeadersSettings={false}
        >
          {/* No logo, which the bar has; but GraphiQL shows what stands here always, and once. */}
          <GraphiQL.Logo>
            <Forget />
          </GraphiQL.Logo>
        </GraphiQL>
      </main>
    </>
  );
}

const root = document.getElementById("root");
if (root === null) {
  throw new Error("index.html has no element with the id root");
}
createRoot(root).render(<Page />);
void resume();
