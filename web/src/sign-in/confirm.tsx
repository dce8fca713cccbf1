// Who is signed in shows it again, in the bar of GraphiQL: some acts ask for that. What is said here alone stands here, in
// English: so is GraphiQL.

import { useEffect, useId, useState } from "react";

import { confirmBy, confirmLater } from "../session";
import { Form, PasswordField } from "./form";
import { FactorField, FactorSwitch } from "./second-factor";

const PROBLEMS = {
  SIGN_IN_FAILED:
    "Password or code is wrong, or the code was used already, or there were too many tries. Wait for the app's next code, and try again.",
  REQUIRED: "You have a second factor: give its code, too.",
};

export function Confirm() {
  const why = useId();
  const [choice, choose] = useState<{ byApp: boolean }>();
  const { byApp } = choice ?? { byApp: true };
  const send = (password: string, code: string) =>
    confirmBy({ password, ...(code && { [byApp ? "code" : "recoveryCode"]: code }) });
  useBackWhenGone();
  return (
    <section className="confirm">
      <p id={why}>What you ran asks you to show again who you are. It stays in the editors.</p>
      <Form act={(typed) => send(typed("password"), typed("code"))} problems={PROBLEMS}>
        <PasswordField name="password" label="Password" autoComplete="current-password" aria-describedby={why} autoFocus />
        {/* The server knows whether they have a second factor. */}
        <FactorField byApp={byApp} required={false} autoFocus={choice !== undefined} />
        <button type="submit">Confirm</button>
        <FactorSwitch byApp={byApp} onSwitch={(byApp) => choose({ byApp })} />
        <button type="button" className="link" onClick={confirmLater}>
          Not now
        </button>
      </Form>
    </section>
  );
}

/** Where somebody was who was taken to the form, they are again after it: to run it again, say. */
function useBackWhenGone() {
  const [before] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      if (before instanceof HTMLElement) before.focus();
    },
    [before],
  );
}
