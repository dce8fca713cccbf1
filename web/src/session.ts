// Who is signed in: by a session of this browser, or by a token that was pasted. The access token lives in this module alone:
// not in the editors, not in the address, not in any storage of the browser. Leaving or reloading the page forgets it; a
// session then goes on with a new one, by the cookie that the browser keeps for it.

import { useSyncExternalStore } from "react";

import {
  confirmSession,
  ENDPOINT,
  endSession,
  inTurn,
  mayHaveSession,
  onSessionOver,
  type Proof,
  problemOf,
  renewSession,
  type Session,
} from "./sign-in/api";
import { whenDue } from "./sign-in/timing";

export { ENDPOINT };

export type Viewer = {
  subject: string;
  name: string | null;
  roles: string[];
  accounts: { code: string }[];
  tokenExpiresAt: string | null;
};

export type State =
  | { state: "signedOut"; why?: string }
  | { state: "asking" }
  | { state: "signedIn"; viewer: Viewer; until: string | null; confirmation?: Confirmation };

/** Of who is signed in: asked for by an answer, and given since then. */
export type Confirmation = "asked" | "given";

/** What requests are sent with. The token of a session is replaced in its place: the same `Held` is the same person. */
type Held = { token: string; readonly session?: Session };

const VIEWER = "query SignIn { viewer { subject name roles accounts { code } tokenExpiresAt } }";
const NO_ANSWER = "The server does not answer. Is it running?";
const ENDED = "Your session has ended: sign in again.";
const STEP_UP = "STEP_UP_REQUIRED";
/** When a renewal is tried again that got no answer. */
const AGAIN = 30_000;

let held: Held | null = null;
let confirmations = 0;
let stopRenewing = () => {};
/** Ends what is under way when somebody signs out: nobody is there to see its answer. */
let leaving = new AbortController();
let state: State = { state: "signedOut" };
const listeners = new Set<() => void>();

function become(next: State) {
  state = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useSession(): State {
  return useSyncExternalStore(subscribe, () => state);
}

/** Signs in with what was typed or pasted: the bare token, or the header's value or line that it was copied from. */
export async function signInWith(typed: string) {
  const given = typed.replace(/^[\s"']*(authorization\s*:)?\s*bearer\s/i, "").replace(/[\s"']+/g, "");
  if (given === "") return forget();
  // Other characters are no token, and the browser would refuse them in a header.
  if (!/^[\w.~+/=-]+$/.test(given)) return forget("This is not a token: it has characters that no token has.");
  await enter({ token: given });
}

/** Signs in with a session that has just begun, in whichever tab. */
export async function signInBy(session: Session) {
  const next = { token: session.accessToken, session };
  renewLater(next, session.renewAt - Date.now());
  await enter(next);
}

/** Goes on with the session of this browser, if it has one. */
export async function resume() {
  if (!mayHaveSession()) return;
  become({ state: "asking" });
  try {
    const session = await inTurn(renewSession);
    // unless a token was pasted meanwhile
    if (held === null) await signInBy(session);
  } catch (error) {
    const { code, message } = problemOf(error);
    if (held === null) forget(code === "SESSION_ENDED" ? ENDED : code === "UNREACHABLE" ? NO_ANSWER : message);
  }
}

/** Forgets the token, ends what is asked with it and, where there is one, the session. */
export function signOut() {
  leaving.abort(new Error("Signed out before the answer came."));
  leaving = new AbortController();
  const isSession = held?.session !== undefined;
  forget();
  if (!isSession) return;
  endSession().catch(() => {
    if (held === null) forget("The server did not answer: here you are signed out, but there your session ends by itself only.");
  });
}

/** Shows again who is signed in. What asked for it is not sent again: it may be done in part. */
export function confirmBy(proof: Proof): Promise<void> {
  const who = held;
  return inTurn(async () => {
    if (who === null || who !== held) return;
    const session = await confirmSession(proof, (input, init) => request(renewNow, input, init));
    if (who !== held) return;
    goOn(who, session);
    confirmations += 1;
    setConfirmation("given");
  });
}

export const confirmLater = () => setConfirmation();

function setConfirmation(confirmation?: Confirmation) {
  if (state.state === "signedIn" && state.confirmation !== confirmation) become({ ...state, confirmation });
}

async function enter(next: Held) {
  held = next;
  become({ state: "asking" });
  try {
    const { data, errors } = await ask<{ viewer: Viewer | null }>(VIEWER);
    // Refused with 401, which `send` told; or meanwhile somebody else came.
    if (held !== next) return;
    // A root field that failed, as while the database is away, is null beside its error.
    if (data?.viewer) {
      const until = next.session?.sessionExpiresAt ?? data.viewer.tokenExpiresAt;
      become({ state: "signedIn", viewer: data.viewer, until });
    } else forget(`The server did not let you in: ${errors?.[0]?.message ?? "it does not say why."}`);
  } catch {
    if (held === next) forget(NO_ANSWER);
  }
}

function forget(why?: string) {
  held = null;
  stopRenewing();
  become({ state: "signedOut", ...(why && { why }) });
}

onSessionOver(() => {
  if (held?.session) forget(ENDED);
});

function renewLater(who: Held, delay: number) {
  stopRenewing();
  stopRenewing = whenDue(delay, () => void renew(who));
}

/** Replaces the access token of a session in its place. */
function goOn(who: Held, session: Session) {
  who.token = session.accessToken;
  renewLater(who, session.renewAt - Date.now());
}

const renew = (who: Held, old = who.token) => inTurn(() => renewNow(who, old));

/** Has the access token of a session replaced, unless that happened while we waited for our turn. Whether it is a new one. */
async function renewNow(who: Held, old = who.token): Promise<boolean> {
  if (who !== held) return false;
  if (who.token !== old) return true;
  try {
    const session = await renewSession();
    if (who !== held) return false;
    if (session.sessionId !== who.session?.sessionId) {
      // In another tab somebody signed in anew, and it may be somebody else: what was shown to the former goes.
      void signInBy(session);
      return false;
    }
    goOn(who, session);
    return true;
  } catch (error) {
    if (who !== held) return false;
    if (problemOf(error).code === "SESSION_ENDED") forget(ENDED);
    else renewLater(who, AGAIN);
    return false;
  }
}

/** The `fetch` of GraphiQL: what it is answered, and whether that asks to show again who is signed in. */
export async function send(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const who = held;
  const before = confirmations;
  const response = await request(renew, input, init);
  const isJson = response.headers.get("Content-Type")?.includes("json");
  // Beside the answer, which waits for nothing.
  if (who?.session && isJson) void look(who, before, response.clone());
  return response;
}

async function look(who: Held, before: number, response: Response) {
  const text = await response.text().catch(() => "");
  // What was asked before says nothing of who has confirmed since.
  if (who !== held || confirmations !== before || state.state !== "signedIn") return;
  if (asksToConfirm(text)) setConfirmation("asked");
  else if (state.confirmation === "given") setConfirmation();
}

function asksToConfirm(text: string): boolean {
  // Answers can be long: few are worth reading.
  if (!text.includes(STEP_UP)) return false;
  try {
    const { errors }: { errors?: { extensions?: { code?: string } }[] } = JSON.parse(text);
    return errors?.some(({ extensions }) => extensions?.code === STEP_UP) ?? false;
  } catch {
    // GraphiQL shows what came instead
    return false;
  }
}

/** `fetch` with the token. An answer that refuses it signs out and tells why, unless the session has another one. */
async function request(renewed: typeof renew, input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const who = held;
  const token = who?.token;
  const response = await sendWith(token, input, init);
  if (response.status !== 401 || who === null || who !== held) return response;
  if (!who.session) {
    forget(refusal(response));
    return response;
  }
  // What was refused was not done: it can be asked again.
  if (!(await renewed(who, token))) return response;
  const second = await sendWith(who.token, input, init);
  if (second.status === 401 && who === held) forget(ENDED);
  return second;
}

function sendWith(token: string | undefined, input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const headers = new Headers(init?.headers);
  if (token !== undefined) headers.set("Authorization", `Bearer ${token}`);
  return fetch(input, { ...init, headers, credentials: "omit", signal: leaving.signal });
}

/** Asks the API for the page itself. */
export async function ask<Data>(query: string): Promise<{ data?: Data | null; errors?: { message: string }[] }> {
  const headers = { "Content-Type": "application/json" };
  const response = await request(renew, ENDPOINT, { method: "POST", headers, body: JSON.stringify({ query }) });
  return response.json();
}

/** The sentence for a refused token; the reason stands in the challenge (RFC 6750, section 3). */
function refusal(response: Response): string {
  const challenge = response.headers.get("WWW-Authenticate") ?? "";
  const reason = /error_description="([^"]+)"/.exec(challenge)?.[1]?.replaceAll("_", " ");
  return `The server refuses this token${reason ? `: ${reason}` : ""}. Sign in with another one.`;
}
