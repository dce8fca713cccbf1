// The bar above the editors: who is signed in, and the form to show it again where that is asked for; or the ways to sign in.

import { type Confirmation, signOut, useSession, type Viewer } from "./session";
import { Confirm } from "./sign-in/confirm";
import { WaysIn } from "./sign-in/ways-in";

const CONFIRMED = "You have shown who you are: you can run it again now, without what was done already.";

export function SessionBar() {
  const session = useSession();
  return (
    <header className="session-bar">
      <h1>Backdesk</h1>
      {session.state === "signedIn" ? <SignedIn {...session} /> : <WaysIn />}
    </header>
  );
}

type Props = { viewer: Viewer; until: string | null; confirmation?: Confirmation };

function SignedIn({ viewer, until, confirmation }: Props) {
  return (
    <>
      <p role="status">
        Signed in as <strong>{viewer.name ?? viewer.subject}</strong>
        <span>{viewer.roles.join(", ")}</span>
        <span>{accounts(viewer)}</span>
        {until && <Until instant={until} />}
        {confirmation === "given" && (
          <span>
            <strong>{CONFIRMED}</strong>
          </span>
        )}
      </p>
      <button type="button" onClick={() => signOut()}>
        Sign out
      </button>
      {confirmation === "asked" && <Confirm />}
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
