// What all forms of signing in are made of. Fields keep what is typed to themselves until it is sent.

import { type ComponentProps, type FormEvent, type ReactNode, useContext, useId, useState } from "react";

import { type Problem, problemOf } from "./api";
import { type Explanations, explain, Words } from "./words";

type FormProps = {
  /** What sending does. What it throws as a refusal is shown. */
  act: (typed: (name: string) => string) => Promise<void>;
  /** Sentences for codes whose meaning is known here alone. */
  problems?: Explanations;
  children: ReactNode;
};

/** A form that sends one thing at a time and says why it was refused. */
export function Form({ act, problems, children }: FormProps) {
  const words = useContext(Words);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    if (busy) return;
    setBusy(true);
    setProblem(undefined);
    const typed = new FormData(form);
    try {
      await act((name) => String(typed.get(name) ?? ""));
    } catch (error) {
      setProblem(problemOf(error));
      // What is most likely mistyped, to be typed again.
      const last = Array.from(form.querySelectorAll("input")).at(-1);
      last?.focus();
      last?.select();
    } finally {
      setBusy(false);
    }
  };

  return (
    <form className="form" onSubmit={submit} aria-busy={busy}>
      {children}
      {problem && (
        <p role="alert" className="bad">
          {explain(words, problem, problems)}
        </p>
      )}
    </form>
  );
}

type FieldProps = ComponentProps<"input"> & { name: string; label: string; hint?: string };

export function Field({ label, hint, children, ...input }: FieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="text"
        required
        autoCapitalize="none"
        autoCorrect="off"
        spellCheck={false}
        aria-describedby={hint && `${id}-hint`}
        {...input}
      />
      {children}
      {hint && <small id={`${id}-hint`}>{hint}</small>}
    </div>
  );
}

/** A field for a password, which its owner can show to see what they type. */
export function PasswordField(field: FieldProps & { autoComplete: "current-password" | "new-password" }) {
  const words = useContext(Words);
  const [isShown, setShown] = useState(false);
  return (
    <Field {...field} type={isShown ? "text" : "password"}>
      <button type="button" aria-pressed={isShown} onClick={() => setShown(!isShown)}>
        {words.show}
      </button>
    </Field>
  );
}
