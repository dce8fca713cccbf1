// The bar above the editors: the field for the token, then who is signed in, or why nobody is.

import { type ClipboardEvent, type FormEvent, useId, useRef } from "react";

import { signIn, signOut, useSession, type Viewer } from "./session";

export function SessionBar() {
  const session = useSession();
  return (
    <header className="session-bar">
      <h1>Backdesk</h1>
      {session.state === "signedIn" ? <SignedIn viewer={session.viewer} /> : <SignIn />}
    </header>
  );
}

function SignIn() {
  const session = useSession();
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  const asking = session.state === "asking";
  const why = session.state === "signedOut" ? session.why : undefined;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    void signIn(field.current?.value ?? "");
  };
  const paste = (event: ClipboardEvent<HTMLInputElement>) => {
    // A token is pasted whole: nothing is left to type.
    if (field.current?.value === "") void signIn(event.clipboardData.getData("text"));
  };

  return (
    <form onSubmit={submit}>
      <label htmlFor={id}>Access token</label>
      {/* Not of type "password": the browser would offer to keep it. The style sheet hides the characters. */}
      <input
        ref={field}
        id={id}
        type="text"
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        placeholder="Paste a token"
        aria-describedby={`${id}-hint`}
        aria-invalid={why !== undefined}
        onPaste={paste}
      />
      <button type="submit" disabled={asking}>
        Sign in
      </button>
      <p id={`${id}-hint`} role="status" className={why ? "refused" : undefined}>
        {asking
          ? "Asking the server who you are…"
          : (why ?? "Sign in to see the documentation and run operations. This page alone holds the token: leaving it forgets it.")}
      </p>
    </form>
  );
}

function SignedIn({ viewer }: { viewer: Viewer }) {
  return (
    <>
      <p role="status">
        Signed in as <strong>{viewer.name ?? viewer.subject}</strong>
        <span>{viewer.roles.join(", ")}</span>
        <span>{accounts(viewer)}</span>
        {viewer.tokenExpiresAt && <Until instant={viewer.tokenExpiresAt} />}
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
