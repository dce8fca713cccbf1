// The client: react-admin, told where users come from and how one signs in.

import { createRoot } from "react-dom/client";
import { Admin, memoryStore, Resource } from "react-admin";

import { authProvider } from "./auth";
import { dataProvider } from "./data";
import { TokenLogin } from "./login";
import { UserEdit, UserList } from "./users";

const root = document.getElementById("root");
if (root === null) {
  throw new Error("index.html has no element with the id root");
}
createRoot(root).render(
  <Admin
    title="Backdesk"
    dataProvider={dataProvider}
    authProvider={authProvider}
    loginPage={TokenLogin}
    requireAuth
    // Filters name customers: not for the browser's storage, where react-admin keeps them unless told otherwise.
    store={memoryStore()}
    disableTelemetry
  >
    <Resource name="users" list={UserList} edit={UserEdit} recordRepresentation={(user) => user.name.display} />
  </Admin>,
);
