// Who is signed in. The token lives in this module alone: not in the editors, not in the address, not in any storage
// of the browser. It is gone when the page is left or reloaded.

import { useSyncExternalStore } from "react";

export const ENDPOINT = "/graphql";

export type Viewer = {
  subject: string;
  name: string | null;
  roles: string[];
  accounts: { code: string }[];
  tokenExpiresAt: string | null;
};

export type Session =
  | { state: "signedOut"; why?: string }
  | { state: "asking" }
  | { state: "signedIn"; viewer: Viewer };

const VIEWER = "query SignIn { viewer { subject name roles accounts { code } tokenExpiresAt } }";

let token: string | null = null;
let session: Session = { state: "signedOut" };
const listeners = new Set<() => void>();

function become(next: Session) {
  session = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useSession(): Session {
  return useSyncExternalStore(subscribe, () => session);
}

/** Signs in with what was typed or pasted: the bare token, or the header's value or line that it was copied from. */
export async function signIn(typed: string) {
  const given = typed.replace(/^[\s"']*(authorization\s*:)?\s*bearer\s/i, "").replace(/[\s"']+/g, "");
  if (given === "") return signOut();
  // Other characters are no token, and the browser would refuse them in a header.
  if (!/^[\w.~+/=-]+$/.test(given)) return signOut("This is not a token: it has characters that no token has.");

  token = given;
  become({ state: "asking" });
  try {
    const { data, errors } = await ask<{ viewer: Viewer }>(VIEWER);
    // Refused with 401, which `send` told; or meanwhile another token was given.
    if (token !== given) return;
    if (data) become({ state: "signedIn", viewer: data.viewer });
    else signOut(`The server did not let you in: ${errors?.[0]?.message}`);
  } catch {
    if (token === given) signOut("The server does not answer. Is it running?");
  }
}

/** Forgets the token. */
export function signOut(why?: string) {
  token = null;
  become({ state: "signedOut", ...(why && { why }) });
}

/** `fetch` with the token. An answer that refuses the token signs out and tells why. */
export async function send(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const used = token;
  const headers = new Headers(init?.headers);
  if (used !== null) headers.set("Authorization", `Bearer ${used}`);
  const response = await fetch(input, { ...init, headers, credentials: "omit" });
  if (response.status === 401 && used !== null && used === token) signOut(refusal(response));
  return response;
}

/** Asks the API for the page itself. */
export async function ask<Data>(query: string): Promise<{ data?: Data | null; errors?: { message: string }[] }> {
  const headers = { "Content-Type": "application/json" };
  const response = await send(ENDPOINT, { method: "POST", headers, body: JSON.stringify({ query }) });
  return response.json();
}

/** The sentence for a refused token; the reason stands in the challenge (RFC 6750, section 3). */
function refusal(response: Response): string {
  const challenge = response.headers.get("WWW-Authenticate") ?? "";
  const reason = /error_description="([^"]+)"/.exec(challenge)?.[1]?.replaceAll("_", " ");
  return `The server refuses this token${reason ? `: ${reason}` : ""}. Sign in with another one.`;
}
