// For who forgot their password: asks for a letter, and never tells whether there is somebody of that name.

import { type ReactNode, useContext, useState } from "react";

import { requestPasswordReset } from "./api";
import { Field, Form } from "./form";
import { Words } from "./words";

export function Forgot({ children }: { children?: ReactNode }) {
  const words = useContext(Words);
  const [isSent, setSent] = useState(false);
  const send = async (userName: string) => {
    await requestPasswordReset(userName);
    setSent(true);
  };
  return (
    <Form act={(typed) => send(typed("userName"))}>
      {isSent ? (
        <p role="status">{words.linkSent}</p>
      ) : (
        <>
          <Field name="userName" label={words.userName} autoComplete="username" autoFocus />
          <button type="submit">{words.sendLink}</button>
        </>
      )}
      {children}
    </Form>
  );
}
