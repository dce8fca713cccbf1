// The second factor: a code of the app, or a recovery code. Where there is none yet it is set up first, and the recovery codes
// are shown, once.

import { type ReactNode, useContext, useState } from "react";

import { type AuthenticatorSetUp, type Challenge, type Entered, type Session, verifySecondFactor } from "./api";
import { Field, Form } from "./form";
import { Words } from "./words";

type Props = {
  challenge: Challenge;
  onSignedIn: (session: Session) => void;
  /** The way out for those whose code is not taken. */
  startAgain: ReactNode;
};

export function SecondFactor({ challenge: { token, setUp }, onSignedIn, startAgain }: Props) {
  const [entered, setEntered] = useState<Entered>();
  if (entered) return <RecoveryCodes codes={entered.recoveryCodes} onKept={() => onSignedIn(entered.session)} />;
  const enter = (entered: Entered) => (entered.recoveryCodes.length > 0 ? setEntered(entered) : onSignedIn(entered.session));
  const sendCode = async (code: string) => enter(await verifySecondFactor(token, { code }));
  if (setUp) return <SetUp setUp={setUp} send={sendCode} startAgain={startAgain} />;
  const sendRecoveryCode = async (recoveryCode: string) => enter(await verifySecondFactor(token, { recoveryCode }));
  return <Code send={sendCode} sendRecoveryCode={sendRecoveryCode} startAgain={startAgain} />;
}

type Send = (code: string) => Promise<void>;

function Code({ send, sendRecoveryCode, startAgain }: { send: Send; sendRecoveryCode: Send; startAgain: ReactNode }) {
  const words = useContext(Words);
  const [byApp, setByApp] = useState(true);
  return (
    <Form
      key={String(byApp)}
      act={(typed) => (byApp ? send : sendRecoveryCode)(typed("code"))}
      problems={{ SIGN_IN_FAILED: words.codeRefused }}
    >
      <FactorField byApp={byApp} autoFocus />
      <button type="submit">{words.next}</button>
      <FactorSwitch byApp={byApp} onSwitch={setByApp} />
      {startAgain}
    </Form>
  );
}

type FactorFieldProps = { byApp: boolean; autoFocus?: boolean; required?: boolean };

export function FactorField({ byApp, ...field }: FactorFieldProps) {
  const words = useContext(Words);
  if (byApp) return <CodeField label={words.code} {...field} />;
  return <Field name="code" label={words.recoveryCode} autoComplete="off" {...field} />;
}

export function FactorSwitch({ byApp, onSwitch }: { byApp: boolean; onSwitch: (byApp: boolean) => void }) {
  const words = useContext(Words);
  return (
    <button type="button" className="link" onClick={() => onSwitch(!byApp)}>
      {byApp ? words.useRecoveryCode : words.useCode}
    </button>
  );
}

function CodeField(field: { label: string; autoFocus?: boolean; required?: boolean }) {
  return <Field name="code" autoComplete="one-time-code" inputMode="numeric" {...field} />;
}

function SetUp({ setUp, send, startAgain }: { setUp: AuthenticatorSetUp; send: Send; startAgain: ReactNode }) {
  const words = useContext(Words);
  return (
    <section className="set-up">
      <h2>{words.setUpTitle}</h2>
      {/* A picture that is loaded as one runs nothing, whatever stands in it. */}
      <img src={`data:image/svg+xml;base64,${btoa(setUp.qrSvg)}`} alt={words.picture} />
      <div>
        <p>{words.scan}</p>
        <p>
          {words.orType} <code>{setUp.secret.replace(/.{4}(?=.)/g, "$& ")}</code>
        </p>
        <Form act={(typed) => send(typed("code"))} problems={{ SIGN_IN_FAILED: words.codeRefused }}>
          <CodeField label={words.firstCode} autoFocus />
          <button type="submit">{words.next}</button>
          {startAgain}
        </Form>
      </div>
    </section>
  );
}

const focus = (heading: HTMLHeadingElement | null) => heading?.focus();

function RecoveryCodes({ codes, onKept }: { codes: string[]; onKept: () => void }) {
  const words = useContext(Words);
  const [told, setTold] = useState("");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(codes.join("\n"));
      setTold(words.copied);
    } catch {
      setTold(words.notCopied);
    }
  };
  return (
    <section className="recovery-codes">
      <h2 tabIndex={-1} ref={focus}>
        {words.codesTitle}
      </h2>
      <p>{words.codesUse}</p>
      <ul>
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div className="form">
        <button type="button" onClick={copy}>
          {words.copy}
        </button>
        <button type="button" onClick={onKept}>
          {words.kept}
        </button>
        <p role="status">{told}</p>
      </div>
    </section>
  );
}
