// The fields of the API that sign somebody in and out. They are asked without a token, but for the one that confirms who is
// signed in. The refresh token never comes here: the browser keeps it in a cookie that no script can read, and a page knows
// only that there may be one.

import { renewAfter } from "./timing";

export const ENDPOINT = "/graphql";

export type Session = { accessToken: string; sessionId: string; sessionExpiresAt: string; /** By this machine's clock. */ renewAt: number };
export type AuthenticatorSetUp = { secret: string; qrSvg: string };
/** What a second factor answers; with `setUp` where there is none yet. */
export type Challenge = { token: string; setUp: AuthenticatorSetUp | null };
/** What follows a password: the second factor or, where none is asked for, the session. */
export type FirstStep = { challenge: Challenge | null; session: Session | null };
/** Recovery codes come once, when the second factor was set up. */
export type Entered = { session: Session; recoveryCodes: string[] };
export type SecondFactor = { code: string } | { recoveryCode: string };
/** What somebody who is signed in shows again. The second factor only where they have one. */
export type Proof = { password: string } & Partial<Record<"code" | "recoveryCode", string>>;

/** Why it was not done: a code of the API, or `UNREACHABLE`. */
export type Problem = { code: string; message: string; /** Seconds. */ retryAfter?: number };

export class Refused extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

const UNREACHABLE: Problem = { code: "UNREACHABLE", message: "The server does not answer." };
const SESSION = "session { accessToken expiresAt sessionId sessionExpiresAt }";
const FIRST_STEP = `challenge { token setUp { secret qrSvg } } ${SESSION} errors { code message }`;
const ENTERED = `${SESSION} recoveryCodes errors { code message }`;

/** Set while this browser has a session, in whichever tab. It is no secret, and spares strangers a question at each load. */
const MARK = "backdesk:session";

export const mayHaveSession = () => localStorage.getItem(MARK) !== null;

/** Tells when another tab learned that the session is over. */
export function onSessionOver(tell: () => void) {
  addEventListener("storage", ({ key, newValue }) => {
    if (key === MARK && newValue === null) tell();
  });
}

/**
 * One after the other, whichever tab asks: a refresh token is good once, and an answer with a cookie must not overtake another
 * one. Browsers have these locks where they keep such cookies: behind TLS, and on the machine itself.
 */
export const inTurn = <T>(act: () => Promise<T>): Promise<T> =>
  "locks" in navigator ? navigator.locks.request(MARK, act) : act();

export const signIn = (userName: string, password: string) =>
  inTurn(() =>
    ask<FirstStep>(`mutation SignIn($input: SignInInput!) { payload: signIn(input: $input) { ${FIRST_STEP} } }`, {
      input: { userName, password },
    }),
  );

export const verifySecondFactor = (challenge: string, factor: SecondFactor) =>
  inTurn(() =>
    ask<Entered>(
      `mutation VerifySecondFactor($input: SecondFactorInput!) { payload: verifySecondFactor(input: $input) { ${ENTERED} } }`,
      { input: { challenge, ...factor } },
    ),
  );

/** A new access token, by the cookie. Only `inTurn`. */
export async function renewSession(): Promise<Session> {
  try {
    return (await ask<Entered>(`mutation RefreshSession { payload: refreshSession { ${ENTERED} } }`)).session;
  } catch (error) {
    if (problemOf(error).code === "SESSION_ENDED") localStorage.removeItem(MARK);
    throw error;
  }
}

/** A new access token, of somebody who has just shown who they are. `send` adds the present one. Only `inTurn`. */
export async function confirmSession(proof: Proof, send: typeof fetch): Promise<Session> {
  const query = `mutation SessionConfirm($input: SessionConfirmInput!) {
    payload: sessionConfirm(input: $input) { ${SESSION} errors { code message } }
  }`;
  return (await ask<{ session: Session }>(query, { input: proof }, send)).session;
}

export function endSession() {
  localStorage.removeItem(MARK);
  return inTurn(() => ask("mutation SignOut { payload: signOut { errors { code message } } }"));
}

export const acceptInvitation = (token: string, password: string) =>
  inTurn(() =>
    ask<FirstStep>(
      `mutation AcceptInvitation($input: AcceptInvitationInput!) { payload: acceptInvitation(input: $input) { ${FIRST_STEP} } }`,
      { input: { token, password } },
    ),
  );

export const requestPasswordReset = (userName: string) =>
  ask(
    "mutation RequestPasswordReset($userName: String!) { payload: requestPasswordReset(userName: $userName) { errors { code message } } }",
    { userName },
  );

export const resetPassword = (token: string, password: string) =>
  ask(
    "mutation ResetPassword($input: ResetPasswordInput!) { payload: resetPassword(input: $input) { errors { code message } } }",
    { input: { token, password } },
  );

export function problemOf(error: unknown): Problem {
  if (error instanceof Refused) return error.problem;
  throw error;
}

type Answer<Payload> = {
  data?: { payload: (Payload & { errors: Problem[] }) | null } | null;
  errors?: { message: string; extensions?: { code?: string } }[];
};

/** What a payload may have beside its errors. */
type MayBegin = { session?: (Session & { expiresAt?: string }) | null };

async function ask<Payload extends MayBegin>(query: string, variables: object = {}, send = fetch): Promise<Payload> {
  const response = await send(ENDPOINT, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ query, variables }),
    // A page that is left must not lose the new cookie: the former one is used up, and used again it would end the session.
    keepalive: true,
  }).catch(() => {
    throw new Refused(UNREACHABLE);
  });
  const answer: Answer<Payload> | null = await response.json().catch(() => null);
  const [failure] = answer?.errors ?? [];
  if (failure) {
    const retryAfter = Number(response.headers.get("Retry-After") ?? Number.NaN);
    const { message, extensions } = failure;
    throw new Refused({ code: extensions?.code ?? "", message, ...(retryAfter > 0 && { retryAfter }) });
  }
  const payload = answer?.data?.payload;
  if (!payload) throw new Refused(UNREACHABLE);
  const [problem] = payload.errors;
  if (problem) throw new Refused(problem);
  return begun(payload, response);
}

/** Notes when a session that has begun or goes on wants to be renewed: measured by the server's clock, kept by ours. */
function begun<Payload extends MayBegin>(payload: Payload, response: Response): Payload {
  if (!payload.session) return payload;
  localStorage.setItem(MARK, "there may be one");
  const { expiresAt = "", ...session } = payload.session;
  const now = Date.now();
  const answeredAt = Date.parse(response.headers.get("Date") ?? "") || now;
  return { ...payload, session: { ...session, renewAt: now + renewAfter(Date.parse(expiresAt) - answeredAt) } };
}
