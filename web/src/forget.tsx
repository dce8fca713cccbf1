// Answers end with the session: what somebody was shown of customers is not there for who comes next.

import { pick, useGraphiQL } from "@graphiql/react";
import { useEffect, useRef } from "react";

import { useSession } from "./session";

/** Shows nothing. Inside GraphiQL, it empties the answers of all tabs as soon as nobody is signed in any more. */
export function Forget() {
  const { tabs, responseEditor } = useGraphiQL(pick("tabs", "responseEditor"));
  const signedIn = useSession().state === "signedIn";
  const wasSignedIn = useRef(false);
  useEffect(() => {
    if (wasSignedIn.current && !signedIn) {
      // GraphiQL has no action for the tabs behind the one that is shown.
      for (const tab of tabs) tab.response = null;
      responseEditor?.setValue("");
    }
    wasSignedIn.current = signedIn;
  }, [signedIn, tabs, responseEditor]);
  return null;
}
