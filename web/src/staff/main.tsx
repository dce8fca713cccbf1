// The pages that letters to staff link to: /staff/invitation and /staff/password, each with the secret of its letter behind
// the #. That part of an address reaches no server; here it leaves the address bar before anything is shown.

import "../sign-in/colours.css";
import "../sign-in/sign-in.css";
import "./page.css";

import { createRoot } from "react-dom/client";

import { spoken, Words } from "../sign-in/words";
import { Invitation } from "./invitation";
import { NewPassword } from "./new-password";

const token = location.hash.slice(1);
history.replaceState(null, "", location.pathname);
// Another link that is opened in this tab is another letter.
addEventListener("hashchange", () => location.reload());

const { tag, words } = spoken(navigator.languages);
document.documentElement.lang = tag;
const [Page, title] =
  location.pathname === "/staff/invitation" ? [Invitation, words.invitationTitle] : [NewPassword, words.passwordTitle];
document.title = `Backdesk – ${title}`;

const root = document.getElementById("root");
if (root === null) {
  throw new Error("staff.html has no element with the id root");
}
createRoot(root).render(
  <Words value={words}>
    <main>
      <h1>{title}</h1>
      {token === "" ? <p role="alert">{words.noLink}</p> : <Page token={token} />}
    </main>
  </Words>,
);
