// The bar above the editors: who is signed in, or the ways to sign in.

import { signOut, useSession, type Viewer } from "./session";
import { WaysIn } from "./sign-in/ways-in";

export function SessionBar() {
  const session = useSession();
  return (
    <header className="session-bar">
      <h1>Backdesk</h1>
      {session.state === "signedIn" ? <SignedIn viewer={session.viewer} until={session.until} /> : <WaysIn />}
    </header>
  );
}

function SignedIn({ viewer, until }: { viewer: Viewer; until: string | null }) {
  return (
    <>
      <p role="status">
        Signed in as <strong>{viewer.name ?? viewer.subject}</strong>
        <span>{viewer.roles.join(", ")}</span>
        <span>{accounts(viewer)}</span>
        {until && <Until instant={until} />}
      </p>
      <button type="button" onClick={() => signOut()}>
        Sign out
      </button>
    </>
  );
}

function accounts({ accounts }: Viewer): string {
  const codes = accounts.map(({ code }) => code);
  if (codes.length === 0) return "no accounts";
  return codes.length <= 5 ? codes.join(", ") : `${codes.length} accounts`;
}

function Until({ instant }: { instant: string }) {
  const end = new Date(instant);
  const today = end.toDateString() === new Date().toDateString();
  const text = today
    ? end.toLocaleTimeString([], { timeStyle: "short" })
    : end.toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
  return (
    <span>
      until <time dateTime={instant}>{text}</time>
    </span>
  );
}
