// The example client, built and served as its README says, before the program.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import type { Locator, Page } from "@playwright/test";

import { expect, printed, screenshot, test as base } from "./desk";

const FOLDER = fileURLToPath(new URL("../example", import.meta.url));

const test = base.extend<object, { client: string }>({
  client: [
    async ({ desk }, use) => {
      const preview = spawn(process.execPath, ["node_modules/vite/bin/vite.js", "preview", "--port", "0"], {
        cwd: FOLDER,
        env: { PATH: process.env.PATH, BACKDESK_URL: desk.origin, NO_COLOR: "1" },
        stdio: ["ignore", "pipe", "inherit"],
      });
      try {
        const origin = await printed(preview, (text) => /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0]);
        await use(origin);
      } finally {
        preview.kill();
        if (preview.exitCode === null) await once(preview, "exit");
      }
    },
    { scope: "worker", timeout: 30_000 },
  ],
  alsoAllowed: async ({ client }, use) => use([client]),
});

const signIn = async (page: Page, client: string, token: string) => {
  await page.goto(client);
  await page.getByLabel("Access token").fill(token);
  await page.getByRole("button", { name: "Sign in" }).click();
};
const rows = (page: Page) => page.getByRole("table").locator("tbody tr");
/** What stands in a column, from the first row to the last. */
const column = async (page: Page, index: number) => rows(page).locator(`td:nth-child(${index})`).allTextContents();
const NAME = 1;
const STATUS = 3;
const save = (page: Page) => page.getByRole("button", { name: "Save" });

test("lists the users, and turns the pages by number", async ({ page, client, desk }) => {
  await signIn(page, client, desk.tokens.admin);
  await expect(rows(page)).toHaveCount(10);
  await expect(page.getByText(/1-10 of 1[,.]?\d{3}/)).toBeVisible();
  await expect(page.getByText("Demo admin")).toBeVisible();
  await screenshot(page, "example-list");

  const first = await column(page, NAME);
  await page.getByRole("button", { name: "Go to page 2" }).click();
  await expect(page.getByText(/11-20 of/)).toBeVisible();
  await expect.poll(() => column(page, NAME)).not.toEqual(first);
  const second = await column(page, NAME);
  const { users } = await desk.ask(desk.tokens.admin, "{ users(first: 20) { nodes { name { display } } } }");
  expect([...first, ...second]).toEqual(users.nodes.map((user: any) => user.name.display));
});

test("sorts by the columns, either way", async ({ page, client, desk }) => {
  await signIn(page, client, desk.tokens.admin);
  for (const direction of ["ASC", "DESC"]) {
    // the tip of the button may lie above it, until the pointer has left
    await page.mouse.move(0, 0);
    await page.getByRole("button", { name: /^Sort by name/ }).click();
    const { users } = await desk.ask(
      desk.tokens.admin,
      "query ($direction: SortDirection!) { users(first: 10, orderBy: [{ field: NAME, direction: $direction }]) { nodes { name { display } } } }",
      { direction },
    );
    await expect.poll(() => column(page, NAME)).toEqual(users.nodes.map((user: any) => user.name.display));
  }
});

test("filters and searches", async ({ page, client, desk }) => {
  await signIn(page, client, desk.tokens.admin);
  await page.getByLabel("Status", { exact: true }).click();
  await page.getByRole("option", { name: "Suspended" }).click();
  await expect.poll(async () => new Set(await column(page, STATUS))).toEqual(new Set(["Suspended"]));
  await page.getByPlaceholder("Search").fill("martin");
  const { users } = await desk.ask(
    desk.tokens.admin,
    '{ users(search: "martin", where: { status: { eq: INVALIDATED } }, first: 10) { nodes { name { display } } } }',
  );
  expect(users.nodes.length).toBeGreaterThan(0);
  await expect.poll(() => column(page, NAME)).toEqual(users.nodes.map((user: any) => user.name.display));
  await screenshot(page, "example-filter");
  expect(await page.evaluate(() => ({ ...localStorage, ...sessionStorage }))).toEqual({});
  expect(page.url(), "the browser's history has no search").not.toContain("martin");
});

const TAG = "query ($id: ID!) { user(by: { id: $id }) { tag version } }";
const RETAG = "mutation ($id: ID!, $tag: String) { userUpdate(id: $id, input: { tag: $tag }) { errors { message } } }";

/** Opens the form of a user, the `nth` of the list, and tells who it is, once the form shows what the desk has now. */
async function openForm(page: Page, nth: number): Promise<{ id: string; tag: Locator }> {
  const loaded = page.waitForResponse((response) => /query User\b/.test(response.request().postData() ?? ""));
  await rows(page).nth(nth).click();
  await loaded;
  const tag = page.getByLabel("Tag");
  await expect(tag).toBeVisible();
  return { id: /users\/([\w-]+)/.exec(page.url())?.[1] ?? "", tag };
}

test("changes a user", async ({ page, client, desk }) => {
  await signIn(page, client, desk.tokens.admin);
  const { id, tag } = await openForm(page, 0);
  const before = (await desk.ask(desk.tokens.admin, TAG, { id })).user;
  await tag.fill("seen in the browser");
  await page.getByLabel("Reason").fill("The test wants it.");
  await save(page).click();
  await expect(page.getByText("Element updated")).toBeVisible();
  await screenshot(page, "example-form");
  const after = (await desk.ask(desk.tokens.admin, TAG, { id })).user;
  expect(after).toEqual({ tag: "seen in the browser", version: before.version + 1 });
  const { auditEvents } = await desk.ask(
    desk.tokens.admin,
    "query ($id: ID!) { auditEvents(where: { userId: { eq: $id } }, first: 1) { nodes { reason changedFields } } }",
    { id },
  );
  expect(auditEvents.nodes).toEqual([{ reason: "The test wants it.", changedFields: ["tag"] }]);
});

test("shows the desk's problems at the inputs", async ({ page, client, desk }) => {
  await signIn(page, client, desk.tokens.admin);
  await openForm(page, 1);
  await page.getByLabel("E-mail").fill("no address");
  await page.getByLabel("Country of residence").fill("XX");
  await save(page).click();
  await expect(page.getByLabel("E-mail")).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByLabel("Country of residence")).toHaveAttribute("aria-invalid", "true");
  await screenshot(page, "example-problems");
});

test("tells that somebody else changed the user meanwhile, and overwrites nothing", async ({ page, client, desk }) => {
  await signIn(page, client, desk.tokens.admin);
  const { id, tag } = await openForm(page, 2);
  await desk.ask(desk.tokens.admin, RETAG, { id, tag: "theirs" });
  await tag.fill("mine");
  await save(page).click();
  // of a validated user, what the review of the change is comes with it
  await expect(page.getByText(/Demo admin changed .*\btag\b.* meanwhile/)).toBeVisible();
  await screenshot(page, "example-conflict");
  const stored = async () => (await desk.ask(desk.tokens.admin, TAG, { id })).user.tag;
  expect(await stored()).toBe("theirs");

  await page.getByRole("main").getByRole("button", { name: "Refresh" }).click();
  await expect(tag).toHaveValue("theirs");
  await tag.fill("mine");
  await save(page).click();
  await expect.poll(stored).toBe("mine");
});

test("refuses a bad token in the server's words, and opens no form to a reader", async ({ page, client, desk, complaints }) => {
  await signIn(page, client, "no.token.really");
  await expect(page.getByText("Send a valid access token")).toBeVisible();
  expect(complaints.splice(0)).toEqual([expect.stringContaining("401 (Unauthorized)")]);

  await signIn(page, client, desk.tokens["read-only"]);
  await expect(rows(page)).toHaveCount(10);
  await page.goto(`${page.url().replace(/#.*/, "")}#/users/${"0".repeat(8)}-0000-7000-8000-${"0".repeat(12)}`);
  await expect(page.getByText(/don't have the right permissions|access denied/i).first()).toBeVisible();
});
