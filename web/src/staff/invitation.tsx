// Who is invited chooses a password, sets up the second factor, and is signed in.

import { useContext, useState } from "react";

import { acceptInvitation, type FirstStep } from "../sign-in/api";
import { SecondFactor } from "../sign-in/second-factor";
import { Words } from "../sign-in/words";
import { ChoosePassword } from "./choose-password";

export function Invitation({ token }: { token: string }) {
  const words = useContext(Words);
  const [accepted, setAccepted] = useState<FirstStep>();
  const [isOver, setOver] = useState(false);
  if (isOver) {
    return (
      <>
        <p role="alert">{words.invitationOver}</p>
        <GraphiQL>{words.signIn}</GraphiQL>
      </>
    );
  }
  if (!accepted) {
    return (
      <>
        <p>{words.invitationIntro}</p>
        <ChoosePassword
          doIt={words.accept}
          send={async (password) => setAccepted(await acceptInvitation(token, password))}
          onLinkOver={() => setOver(true)}
        />
      </>
    );
  }
  if (accepted.challenge) {
    return (
      <SecondFactor
        challenge={accepted.challenge}
        onSignedIn={(session) => setAccepted({ challenge: null, session })}
        // The invitation is used: from now on the way in is the password.
        startAgain={<GraphiQL>{words.startAgain}</GraphiQL>}
      />
    );
  }
  return (
    <>
      <p role="status">{words.welcome}</p>
      <GraphiQL>{words.openGraphiQL}</GraphiQL>
    </>
  );
}

/** The session goes on there by its cookie. */
function GraphiQL({ children }: { children: string }) {
  return <a href="/graphiql">{children}</a>;
}
