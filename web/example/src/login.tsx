// Signing in: a field for the token, kept for the page only.

import { Form, Login, required, SaveButton, TextInput, useLogin, useNotify } from "react-admin";

export function TokenLogin() {
  const login = useLogin();
  const notify = useNotify();
  const submit = (values: object) =>
    login(values).catch((error: Error) => notify(error.message, { type: "error" }));
  return (
    <Login>
      <div style={{ padding: "0 1em 1em" }}>
        <Form onSubmit={submit}>
          {/* Not of type "password": the browser would offer to keep it. The style hides the characters. */}
          <TextInput
            source="token"
            label="Access token"
            helperText="Gone when this page is left or reloaded"
            autoComplete="off"
            autoFocus
            validate={required()}
            slotProps={{ htmlInput: { spellCheck: false, style: { WebkitTextSecurity: "disc" } } }}
          />
          <SaveButton label="Sign in" icon={<></>} alwaysEnable />
        </Form>
      </div>
    </Login>
  );
}
