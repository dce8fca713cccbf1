// Who asked for a new password sets it, and signs in with it then.

import { useContext, useState } from "react";

import { resetPassword } from "../sign-in/api";
import { Forgot } from "../sign-in/forgot";
import { Words } from "../sign-in/words";
import { ChoosePassword } from "./choose-password";

export function NewPassword({ token }: { token: string }) {
  const words = useContext(Words);
  const [at, go] = useState<"choosing" | "linkOver" | "done">("choosing");
  const send = async (password: string) => {
    await resetPassword(token, password);
    go("done");
  };
  if (at === "choosing") {
    return <ChoosePassword doIt={words.setPassword} send={send} onLinkOver={() => go("linkOver")} />;
  }
  if (at === "linkOver") {
    return (
      <>
        <p role="alert">{words.linkOver}</p>
        <Forgot />
      </>
    );
  }
  return (
    <>
      <p role="status">{words.passwordSet}</p>
      <a href="/graphiql">{words.signIn}</a>
    </>
  );
}
