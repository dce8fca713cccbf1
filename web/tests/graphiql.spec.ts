// The GraphiQL page, as somebody meets it who has nothing but a token.

import type { Page } from "@playwright/test";

import { expect, screenshot, test } from "./desk";
import { answer, askToConfirm, example, expectUnauthorized, open, refusal, run, signOut } from "./editors";

const give = async (page: Page, token: string) => {
  await page.getByLabel("Access token").fill(token);
  await page.keyboard.press("Enter");
};
const signIn = async (page: Page, token: string) => {
  await give(page, token);
  await expect(page.getByRole("banner")).toContainText("Signed in as");
};

test("opens for a stranger, asks the server nothing and says what to do", async ({ page, desk }) => {
  const asked: string[] = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/graphql")) asked.push(request.url());
  });
  await open(page, desk);
  await expect(page).toHaveTitle("Backdesk – GraphiQL");
  await expect(page.getByRole("status").first()).toContainText("Sign in to see the documentation");
  await page.waitForLoadState("networkidle");
  await screenshot(page, "graphiql-stranger");
  expect(asked).toEqual([]);
});

test("signs in with a token, shows the documentation and runs the list", async ({ page, desk }) => {
  await open(page, desk);
  await signIn(page, desk.tokens.admin);
  await expect(page.getByRole("banner")).toContainText(/Signed in as Demo admin\s*ADMIN\s*\d accounts\s*until \w/);

  await run(page);
  await expect(answer(page)).toContainText(/"reference":\s"U/);
  await screenshot(page, "graphiql-list");

  await page.getByRole("button", { name: "Show Documentation Explorer" }).click();
  await page.getByRole("link", { name: "Query", exact: true }).click();
  await expect(page.getByRole("link", { name: "auditEvents" })).toBeVisible();
  await screenshot(page, "graphiql-docs");
});

test("takes the token as it was copied, with Bearer before it, the moment it is pasted", async ({ page, desk }) => {
  await open(page, desk);
  await page.getByLabel("Access token").focus();
  await page.evaluate((text) => {
    const data = new DataTransfer();
    data.setData("text", text);
    document.activeElement?.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true }));
  }, `Authorization: Bearer ${desk.tokens.compliance}\n`);
  await expect(page.getByRole("banner")).toContainText("Signed in as Demo compliance");
});

test("shows each example with its variables, in a tab of its own", async ({ page, desk }) => {
  await open(page, desk);
  await signIn(page, desk.tokens.admin);
  await example(page, "Search by words", "SearchUsers");
  await run(page);
  await expect(answer(page)).toContainText(/"display":.*André/);

  await example(page, "Freeze or unfreeze a user", "Freeze");
  await expect(page.getByRole("region", { name: "Variables" })).toContainText("Unusual payments.");
  // About a user there is, and only previewed.
  await run(page);
  await expect(answer(page)).toContainText(/"validatedOnly":\strue/);
  // Opened again, the tab that has it is shown.
  await example(page, "Search by words", "SearchUsers");
  await expect(page.getByRole("tab")).toHaveCount(3);
  await expect(page.locator(".squiggly-error"), "the editors find no mistake").toHaveCount(0);
  await screenshot(page, "graphiql-examples");
});

test("tells a reader that they may not act", async ({ page, desk }) => {
  await open(page, desk);
  await signIn(page, desk.tokens["read-only"]);
  await example(page, "Freeze or unfreeze a user", "Freeze");
  await run(page);
  await expect(answer(page)).toContainText("FORBIDDEN");
  await expect(answer(page)).toContainText("USER_FREEZE");
});

test("shows who pasted a token that an act wants more, and asks for no password", async ({ page, desk }) => {
  await open(page, desk);
  await signIn(page, desk.tokens.admin);
  await askToConfirm(page);
  await run(page);
  await expect(answer(page)).toContainText("STEP_UP_REQUIRED");
  await expect(page.getByRole("banner").getByRole("textbox")).toHaveCount(0);
});

test("tells why a token is refused, and takes the next one", async ({ page, desk, complaints }) => {
  await open(page, desk);
  await give(page, "no token at all, ü");
  await expect(refusal(page)).toContainText("This is not a token");
  await give(page, `${desk.tokens.admin.slice(0, -8)}AAAAAAAA`);
  await expect(refusal(page)).toContainText("The server refuses this token: bad signature");
  await screenshot(page, "graphiql-refused");
  expectUnauthorized(complaints);
  await give(page, desk.tokens.admin);
  await expect(page.getByRole("banner")).toContainText("Signed in as Demo admin");
});

test("shows no answer that comes after its asker signed out", async ({ page, desk }) => {
  await open(page, desk);
  await signIn(page, desk.tokens.admin);
  let letGo = () => {};
  const gone = new Promise<void>((resolve) => (letGo = resolve));
  await page.route("**/graphql", async (route) => {
    await gone;
    await route.fulfill({ json: { data: { users: "too late" } } }).catch(() => {});
  });
  await run(page);
  await signOut(page);
  await expect(answer(page)).toContainText("Signed out before the answer came.");
  await expect(answer(page)).not.toContainText("too late");
  letGo();
});

test("tells why nobody is signed in while the database is away", async ({ page, desk }) => {
  await open(page, desk);
  await page.route("**/graphql", (route) =>
    route.fulfill({
      json: {
        data: { viewer: null },
        errors: [{ message: "The database does not answer.", path: ["viewer", "accounts"], extensions: { code: "UNAVAILABLE" } }],
      },
    }),
  );
  await give(page, desk.tokens.admin);
  await expect(refusal(page)).toContainText("The database does not answer.");
  await page.unroute("**/graphql");
  await give(page, desk.tokens.admin);
  await expect(page.getByRole("banner")).toContainText("Signed in as Demo admin");
});

test("opens examples also for those who may see no users", async ({ page, desk }) => {
  await open(page, desk);
  await signIn(page, desk.tokens.admin);
  await page.route("**/graphql", (route) =>
    route.fulfill({ json: { data: { users: null }, errors: [{ message: "Forbidden.", path: ["users"] }] } }),
  );
  await example(page, "Freeze or unfreeze a user", "Freeze");
  await expect(page.getByRole("region", { name: "Variables" })).toContainText("ID OF A USER");
});

test("tells when the token ends while somebody works", async ({ page, desk, complaints }) => {
  await open(page, desk);
  await signIn(page, desk.tokens.admin);
  await page.route("**/graphql", (route) =>
    route.fulfill({
      status: 401,
      headers: { "WWW-Authenticate": 'Bearer realm="backdesk", error="invalid_token", error_description="expired"' },
      json: { errors: [{ message: "Send a valid access token." }] },
    }),
  );
  await run(page);
  await expect(refusal(page)).toContainText("The server refuses this token: expired");
  expectUnauthorized(complaints);
});

test("signs out, and knows neither the token nor the answers any more", async ({ page, desk, complaints }) => {
  await open(page, desk);
  await signIn(page, desk.tokens.admin);
  await run(page);
  await expect(answer(page)).toContainText("reference");
  await example(page, "Search by words", "SearchUsers");
  await run(page);
  await expect(answer(page)).toContainText("André");

  await signOut(page);
  await expect(page.getByLabel("Access token")).toHaveValue("");
  await expect(answer(page)).not.toContainText("André");
  await page.getByRole("tab").first().click();
  await expect(page.getByRole("region", { name: "Operation Editor" })).not.toContainText("SearchUsers");
  await expect(answer(page)).not.toContainText("reference");
  await run(page);
  await expect(answer(page)).toContainText("UNAUTHENTICATED");
  expectUnauthorized(complaints);
});

test("runs an operation as soon as its name is typed", async ({ page, desk }) => {
  await open(page, desk);
  await signIn(page, desk.tokens.admin);
  await page.getByRole("region", { name: "Operation Editor" }).locator(".view-lines").click();
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText("query Mine { viewer { name } }");
  await run(page);
  await expect(answer(page)).toContainText("Demo admin");
});

test("keeps a history, and the token nowhere", async ({ page, desk }) => {
  const token = desk.tokens.admin;
  await open(page, desk);
  await signIn(page, token);
  // Even where it does not belong: in the operation, which is kept.
  await page.getByRole("region", { name: "Operation Editor" }).locator(".view-lines").click();
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText(`# ${token}\nquery Mine { viewer { name } }`);
  // The history keeps the name that GraphiQL knows by then.
  await expect(page.getByRole("tab", { name: "Mine" })).toBeVisible();
  await run(page);
  await expect(answer(page)).toContainText("Demo admin");
  await page.getByRole("button", { name: "Show History" }).click();
  await expect(page.getByRole("region", { name: "History" })).toContainText("Mine");
  await expect(page.getByRole("button", { name: "Headers" })).toHaveCount(0);

  const kept = () => page.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }, document.cookie, location.href]));
  await expect.poll(kept).toMatch(/tabState.*query Mine/);
  expect(await kept()).toMatch(/queries.*query Mine/);
  expect(await kept()).not.toContain(token.slice(0, 20));
  expect(await page.evaluate(() => ({ ...localStorage }))).toEqual({});

  await page.reload();
  await expect(page.getByLabel("Access token")).toHaveValue("");
  await expect(page.getByRole("region", { name: "History" })).toContainText("Mine");
});

for (const [name, width, colorScheme] of [
  ["narrow", 800, "light"],
  ["dark", 1280, "dark"],
] as const) {
  test(`is whole when ${name}`, async ({ page, desk }) => {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme });
    await open(page, desk);
    await signIn(page, desk.tokens.admin);
    await run(page);
    await expect(answer(page)).toContainText("nodes");
    await screenshot(page, `graphiql-${name}`);
    // nothing sticks out of the window, and nothing of GraphiQL is cut off
    await expect(page.locator(".graphiql-sessions")).toBeInViewport({ ratio: 1 });
    const size = await page.evaluate(() => {
      const { scrollWidth, scrollHeight } = document.documentElement;
      return [scrollWidth, scrollHeight];
    });
    expect(size).toEqual([width, 800]);
  });
}
