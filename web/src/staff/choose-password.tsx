// The form for a new password.

import { useContext } from "react";

import { problemOf } from "../sign-in/api";
import { Form, PasswordField } from "../sign-in/form";
import { Words } from "../sign-in/words";

type Props = {
  /** What the button says. */
  doIt: string;
  send: (password: string) => Promise<void>;
  /** There is nothing to type any more: another link is needed. */
  onLinkOver: () => void;
};

export function ChoosePassword({ doIt, send, onLinkOver }: Props) {
  const words = useContext(Words);
  const act = async (password: string) => {
    try {
      await send(password);
    } catch (error) {
      if (problemOf(error).code !== "LINK_INVALID") throw error;
      onLinkOver();
    }
  };
  return (
    <Form act={(typed) => act(typed("password"))} problems={{ INVALID: words.passwordRefused }}>
      <PasswordField
        name="password"
        label={words.newPassword}
        hint={words.rule}
        autoComplete="new-password"
        minLength={12}
        autoFocus
      />
      <button type="submit">{doIt}</button>
    </Form>
  );
}
