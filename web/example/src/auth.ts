// Signing in with a token, as react-admin asks for it: who one is and what one may do comes from the API's `viewer`.

import type { AuthProvider } from "react-admin";

import { ask, setToken } from "./api";
import { type Permission, ViewerDocument, type ViewerQuery } from "./generated";

/** What react-admin calls an action, and the permission that it takes. */
const NEEDED: Record<string, Permission> = { list: "USER_READ", edit: "USER_UPDATE" };

/** Who signed in: asked once, the answer holds as long as the token. */
let viewer: ViewerQuery["viewer"] | null = null;

function forget() {
  setToken(null);
  viewer = null;
}

export const authProvider: AuthProvider = {
  async login({ token }: { token: string }) {
    setToken(token.replace(/^\s*bearer\s/i, "").replace(/\s+/g, ""));
    try {
      ({ viewer } = await ask(ViewerDocument, {}));
    } catch (error) {
      // In the server's words: the sign-in page shows them.
      forget();
      throw error;
    }
  },
  async logout() {
    forget();
  },
  async checkAuth() {
    if (!viewer) throw new Error("Sign in first.");
  },
  async checkError({ status }: { status?: number }) {
    if (status === 401) {
      forget();
      throw new Error("The token holds no longer.");
    }
  },
  async getIdentity() {
    return { id: viewer?.subject ?? "", fullName: viewer?.name ?? viewer?.subject ?? "" };
  },
  async canAccess({ action }) {
    const needed = NEEDED[action];
    return needed !== undefined && viewer?.permissions.includes(needed) === true;
  },
};
