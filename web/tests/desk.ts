// What each browser test starts from: the program itself as `backdesk demo`, with a database of its own, and a page that
// may reach nothing else and may not complain.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { test as base, expect, type Page } from "@playwright/test";

export { expect };

const PROGRAM = process.env.BACKDESK_PROGRAM ?? fileURLToPath(new URL("../../target/debug/backdesk", import.meta.url));
const SCREENSHOTS = fileURLToPath(new URL("../../target/screenshots", import.meta.url));

/** The built-in roles, each of which a demo prints a token for. */
export const ROLES = [
  "admin",
  "compliance",
  "read-only",
  "finance",
  "finance-read-only",
  "dealing",
  "marketing",
  "support",
  "support-l3",
  "support-read-only",
  "auditor-read-only",
  "view-only",
  "machine",
] as const;
export type Role = (typeof ROLES)[number];

export type Desk = {
  origin: string;
  tokens: Record<Role, string>;
  /** Asks the API as somebody, and fails on errors. */
  ask(token: string, query: string, variables?: object): Promise<any>;
};

type Fixtures = {
  /** Origins beside the desk's that the page may reach. */
  alsoAllowed: string[];
  /** What the page wrote to the console as an error. A test that provokes one takes it out. */
  complaints: string[];
};

export const test = base.extend<Fixtures, { desk: Desk }>({
  desk: [
    async ({}, use) => {
      const folder = await mkdtemp(join(tmpdir(), "backdesk-browser-"));
      const program = spawn(PROGRAM, ["demo"], {
        cwd: folder,
        env: {
          BACKDESK_LISTEN: "127.0.0.1:0",
          BACKDESK_DATA_DIR: folder,
          BACKDESK_LOG: "error",
          // All tests sign in from one address.
          BACKDESK_RATE_SIGN_INS: "1000",
          BACKDESK_RATE_RECOVERIES: "1000",
        },
        stdio: ["ignore", "pipe", "inherit"],
      });
      try {
        await use(await opened(program));
      } finally {
        program.kill();
        if (program.exitCode === null) await once(program, "exit");
        await rm(folder, { recursive: true });
      }
    },
    { scope: "worker", timeout: 60_000 },
  ],

  alsoAllowed: [[], { option: true }],

  complaints: async ({}, use) => {
    const complaints: string[] = [];
    await use(complaints);
    expect(complaints, "the page complains").toEqual([]);
  },

  page: async ({ page, desk, alsoAllowed, complaints }, use) => {
    const strays: string[] = [];
    await page.context().route("**/*", (route) => {
      const url = new URL(route.request().url());
      if ([desk.origin, ...alsoAllowed].includes(url.origin)) return route.continue();
      strays.push(url.href);
      return route.abort();
    });
    // Also of pages that this one opens.
    page.context().on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    page.context().on("weberror", (error) => complaints.push(String(error.error())));
    await page.context().addInitScript(() => {
      addEventListener("securitypolicyviolation", (event) => console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`));
    });
    await use(page);
    expect(strays, "the page reaches for other hosts").toEqual([]);
  },
});

/** What a program printed, once it has printed all that is looked for; it may go on printing. */
export async function printed<T>(program: ChildProcess, look: (text: string) => T | undefined): Promise<T> {
  let text = "";
  for await (const chunk of program.stdout?.iterator({ destroyOnReturn: false }) ?? []) {
    text += chunk;
    const found = look(text);
    if (found !== undefined) {
      program.stdout?.resume();
      return found;
    }
  }
  throw new Error(`${program.spawnargs.join(" ")} ended after it printed: ${text}`);
}

/** The desk, once the program has told its address and tokens. */
async function opened(program: ChildProcess): Promise<Desk> {
  const { origin, tokens } = await printed(program, (text) => {
    const origin = /GraphiQL: (http:\/\/[^/\s]+)/.exec(text)?.[1];
    const tokens: Partial<Record<Role, string>> = {};
    for (const role of ROLES) {
      const token = new RegExp(`^${role}:\\n(\\S+)\\n`, "m").exec(text)?.[1];
      if (!token) return undefined;
      tokens[role] = token;
    }
    return origin ? { origin, tokens: tokens as Record<Role, string> } : undefined;
  });
  return {
    origin,
    tokens,
    async ask(token, query, variables = {}) {
      const response = await fetch(`${origin}/graphql`, {
        method: "POST",
        headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
        body: JSON.stringify({ query, variables }),
      });
      const { data, errors } = await response.json();
      expect(errors ?? []).toEqual([]);
      return data;
    },
  };
}

/** Looked at by people: nothing compares them. */
export async function screenshot(page: Page, name: string) {
  await page.screenshot({ path: `${SCREENSHOTS}/${name}.png`, animations: "disabled" });
}
