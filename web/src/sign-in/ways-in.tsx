// The ways to sign in, in the bar of GraphiQL: user name, password and second factor, or a token that was made elsewhere. What
// is said here alone stands here, in English: so is GraphiQL.

import { type ClipboardEvent, type FormEvent, useContext, useId, useRef, useState } from "react";

import { signInBy, signInWith, useSession } from "../session";
import { type Challenge, signIn } from "./api";
import { Field, Form, PasswordField } from "./form";
import { Forgot } from "./forgot";
import { SecondFactor } from "./second-factor";
import { Words } from "./words";

type Step = { at: "password" } | { at: "secondFactor"; challenge: Challenge } | { at: "forgot" };

const START: Step = { at: "password" };
const REFUSED = "User name or password is wrong, or there were too many tries: then wait a while.";

export function WaysIn() {
  const words = useContext(Words);
  const [step, go] = useState(START);
  const back = (text: string) => (
    <button type="button" className="link" onClick={() => go(START)}>
      {text}
    </button>
  );
  if (step.at === "forgot") return <Forgot>{back("Back")}</Forgot>;
  if (step.at === "secondFactor") {
    return (
      <SecondFactor
        challenge={step.challenge}
        startAgain={back(words.startAgain)}
        onSignedIn={(session) => {
          go(START);
          void signInBy(session);
        }}
      />
    );
  }
  return (
    <>
      <Password go={go} />
      <Token />
      <Standing />
    </>
  );
}

function Password({ go }: { go: (step: Step) => void }) {
  const words = useContext(Words);
  const send = async (userName: string, password: string) => {
    const { challenge, session } = await signIn(userName, password);
    if (challenge) go({ at: "secondFactor", challenge });
    else if (session) void signInBy(session);
  };
  return (
    <Form act={(typed) => send(typed("userName"), typed("password"))} problems={{ SIGN_IN_FAILED: REFUSED }}>
      <Field name="userName" label={words.userName} autoComplete="username" />
      <PasswordField name="password" label="Password" autoComplete="current-password" />
      <button type="submit">{words.signIn}</button>
      <button type="button" className="link" onClick={() => go({ at: "forgot" })}>
        {words.forgot}
      </button>
    </Form>
  );
}

function Token() {
  const field = useRef<HTMLInputElement>(null);
  const id = useId();

  const submit = (event: FormEvent) => {
    event.preventDefault();
    void signInWith(field.current?.value ?? "");
  };
  const paste = (event: ClipboardEvent<HTMLInputElement>) => {
    // A token is pasted whole: nothing is left to type.
    if (field.current?.value === "") void signInWith(event.clipboardData.getData("text"));
  };

  return (
    <form className="form" onSubmit={submit}>
      <div className="field">
        <label htmlFor={id}>Access token</label>
        {/* Not of type "password": the browser would offer to keep it. The style sheet hides the characters. */}
        <input
          ref={field}
          id={id}
          className="hidden-characters"
          type="text"
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          placeholder="Or paste a token"
          onPaste={paste}
        />
      </div>
      <button type="submit">Use the token</button>
    </form>
  );
}

/** Why nobody is signed in. */
function Standing() {
  const session = useSession();
  const why = session.state === "signedOut" ? session.why : undefined;
  if (why) {
    return (
      <p role="alert" className="bad">
        {why}
      </p>
    );
  }
  return (
    <p role="status">
      {session.state === "asking"
        ? "Asking the server who you are…"
        : "Sign in to see the documentation and run operations. A token is held by this page alone: leaving it forgets it."}
    </p>
  );
}
