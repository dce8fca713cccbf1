// Signing in as staff do: from the letter of the invitation to GraphiQL, back in with password and second factor, and out.

import type { Page } from "@playwright/test";

import { expect, screenshot, test } from "./desk";
import { answer, askToConfirm, example, expectUnauthorized, open, refusal, run, signOut } from "./editors";
import {
  choosePassword,
  expectSignedIn,
  follow,
  followInvitation,
  invite,
  letterLink,
  moveIn,
  setUpSecondFactor,
  signIn,
  totp,
} from "./staff";

/** All that a page could keep for somebody who comes later. */
const left = (page: Page) =>
  page.evaluate(() =>
    JSON.stringify([
      { ...sessionStorage },
      { ...localStorage },
      document.cookie,
      location.href,
      history.state,
      document.documentElement.outerHTML,
    ]),
  );
const isRenewal = (request: { postData(): string | null }) => request.postData()?.includes("refreshSession") ?? false;
/** Lets the next request of a page find its access token ended. */
const endToken = async (page: Page) => {
  let isOver = false;
  await page.route("**/graphql", (route) => {
    if (isOver) return route.fallback();
    isOver = true;
    return route.fulfill({ status: 401, json: { errors: [{ message: "It has ended." }] } });
  });
};

test("leads from the letter to GraphiQL: password, second factor, recovery codes", async ({ page, desk }) => {
  const person = await invite(desk, "Ada");
  const letter = await followInvitation(page, desk, person);
  await expect(letter).toHaveURL(`${desk.origin}/staff/invitation`);
  await expect(letter).toHaveTitle("Backdesk – Welcome to Backdesk");
  await expect(letter.getByLabel("New password")).toBeFocused();
  await screenshot(letter, "staff-invitation");
  await choosePassword(letter, { ...person, password: "password2026" });
  await expect(letter.getByRole("alert")).toContainText(/\w/);
  await expect(letter.getByLabel("New password")).toBeFocused();

  await choosePassword(letter, person);
  await expect(letter.getByLabel("First code")).toBeFocused();
  await screenshot(letter, "staff-second-factor");
  const { recoveryCodes } = await setUpSecondFactor(letter);
  expect(new Set(recoveryCodes).size).toBe(10);
  await screenshot(letter, "staff-recovery-codes");
  await letter.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await letter.getByRole("button", { name: "Copy" }).click();
  await expect(letter.getByRole("status")).toHaveText("Copied.");
  expect(await letter.evaluate(() => navigator.clipboard.readText())).toBe(recoveryCodes.join("\n"));

  await letter.getByRole("button", { name: "I have kept them" }).click();
  await letter.getByRole("link", { name: "Open GraphiQL" }).click();
  await expect(letter.getByRole("banner")).toContainText(/Signed in as Ada Example\s*SUPPORT/);
  await run(letter);
  await expect(answer(letter)).toContainText(/"reference":\s"U/);
});

test("takes name, password and a code, or a recovery code, each once", async ({ page, desk }) => {
  const person = await invite(desk, "Barbara");
  const { desktop, secret, recoveryCodes } = await moveIn(page, desk, person);
  await signOut(desktop);
  await expect(desktop.getByRole("banner")).toContainText("Sign in to see the documentation");
  await screenshot(desktop, "graphiql-sign-in");

  await signIn(desktop, person);
  await expect(desktop.getByLabel("Code of your authenticator app")).toBeFocused();
  await screenshot(desktop, "graphiql-code");
  await desktop.getByLabel("Code of your authenticator app").fill(totp(secret, 1));
  await desktop.keyboard.press("Enter");
  await expectSignedIn(desktop);
  await run(desktop);
  await expect(answer(desktop)).toContainText("reference");

  const [code = ""] = recoveryCodes;
  const withRecoveryCode = async () => {
    await signOut(desktop);
    await signIn(desktop, person);
    await desktop.getByRole("button", { name: "Use a recovery code" }).click();
    await desktop.getByLabel("Recovery code").fill(code);
    await desktop.keyboard.press("Enter");
  };
  await withRecoveryCode();
  await expectSignedIn(desktop);
  await withRecoveryCode();
  await expect(refusal(desktop)).toContainText("This code was not taken");
  await desktop.getByRole("button", { name: "Start again" }).click();
  await expect(desktop.getByLabel("User name")).toHaveValue("");
});

test("sets up the second factor in GraphiQL, when the invitation was left before it", async ({ page, desk }) => {
  const person = await invite(desk, "Grace");
  const letter = await followInvitation(page, desk, person);
  await choosePassword(letter, person);
  await expect(letter.getByLabel("First code")).toBeFocused();
  await letter.getByRole("link", { name: "Start again" }).click();
  await signIn(letter, person);
  await expect(letter.getByLabel("First code")).toBeFocused();
  await screenshot(letter, "graphiql-second-factor");
  expect((await setUpSecondFactor(letter)).recoveryCodes).toHaveLength(10);
  await screenshot(letter, "graphiql-recovery-codes");
  await letter.getByRole("button", { name: "I have kept them" }).click();
  await expectSignedIn(letter);
});

test("stays signed in when the page is left in the middle of a renewal", async ({ page, desk }) => {
  const { desktop } = await moveIn(page, desk, await invite(desk, "Frances"));
  const renewal = desktop.waitForRequest(isRenewal);
  await desktop.reload({ waitUntil: "commit" });
  await renewal;
  // The cookie of that answer must not be lost: the former one would be taken for a thief's.
  await desktop.reload();
  await expectSignedIn(desktop);
});

test("stays signed in over a reload, in two tabs, which renew one after the other", async ({ page, desk, complaints }) => {
  const { desktop: first } = await moveIn(page, desk, await invite(desk, "Hedy"));
  await first.reload();
  await expectSignedIn(first);
  const second = await first.context().newPage();
  await open(second, desk);
  await expectSignedIn(second);
  const tabs = [first, second];

  // Both find their access tokens ended at once, and each gets another one: no refresh token is used twice.
  await Promise.all(tabs.map(endToken));
  await Promise.all(tabs.map(run));
  for (const tab of tabs) await expect(answer(tab)).toContainText("reference");
  await Promise.all(tabs.map((tab) => tab.reload()));
  for (const tab of tabs) await expectSignedIn(tab);
  expectUnauthorized(complaints, 2);

  await signOut(first);
  await expect(refusal(second)).toHaveText("Your session has ended: sign in again.");
  await expect(answer(second)).not.toContainText("reference");
  await second.reload();
  await expect(second.getByRole("banner")).toContainText("Sign in to see the documentation");
});

test("shows in no tab what it showed to somebody who was there before", async ({ page, desk, complaints }) => {
  const { desktop: first } = await moveIn(page, desk, await invite(desk, "Irene"));
  await run(first);
  await expect(answer(first)).toContainText("reference");
  await moveIn(page, desk, await invite(desk, "Iris"));
  await endToken(first);
  await run(first);
  await expect(first.getByRole("banner")).toContainText("Signed in as Iris Example");
  await expect(answer(first)).not.toContainText("reference");
  expectUnauthorized(complaints);
});

test("renews the session before its token ends as long as somebody is there, and not for an empty chair", async ({ page, desk }) => {
  const { desktop } = await moveIn(page, desk, await invite(desk, "Joan"));
  // The letter, which is open beside it, lets nobody change its clock.
  await page.goto("about:blank");
  await desktop.clock.install();
  await desktop.reload();
  await expectSignedIn(desktop);
  let renewals = 0;
  desktop.on("request", (request) => {
    if (isRenewal(request)) renewals += 1;
  });

  await run(desktop);
  await expect(answer(desktop)).toContainText("reference");
  await desktop.clock.fastForward("08:00");
  expect(renewals).toBe(0);
  const renewed = desktop.waitForResponse((response) => isRenewal(response.request()));
  await desktop.clock.fastForward("01:30");
  await renewed;
  await desktop.clock.fastForward("10:00");
  await desktop.waitForTimeout(500);
  expect(renewals).toBe(1);
  const again = desktop.waitForResponse((response) => isRenewal(response.request()));
  await desktop.keyboard.press("Shift");
  await again;
  await expectSignedIn(desktop);
});

test("says that the session ended, and empties the answers, once its owner is deactivated", async ({ page, desk, complaints }) => {
  const person = await invite(desk, "Kay");
  const { desktop } = await moveIn(page, desk, person);
  await run(desktop);
  await expect(answer(desktop)).toContainText("reference");
  const deactivated = await desk.ask(desk.tokens.admin, "mutation ($id: ID!) { staffDeactivate(id: $id) { errors { message } } }", {
    id: person.id,
  });
  expect(deactivated.staffDeactivate.errors).toEqual([]);
  await run(desktop);
  await expect(refusal(desktop)).toHaveText("Your session has ended: sign in again.");
  await expect(answer(desktop)).not.toContainText("reference");
  await screenshot(desktop, "graphiql-session-ended");
  expectUnauthorized(complaints);
});

test("asks who is signed in to show it again where an act wants that, and goes on with a new token", async ({ page, desk }) => {
  const person = await invite(desk, "Lise");
  const { desktop, secret } = await moveIn(page, desk, person);
  const banner = desktop.getByRole("banner");
  const password = banner.getByLabel("Password", { exact: true });
  const code = banner.getByLabel("Code of your authenticator app");
  const editor = desktop.getByRole("region", { name: "Operation Editor" });
  const sent: (string | undefined)[] = [];
  desktop.on("request", (request) => {
    if (request.postData()?.includes("sessionEndOthers")) sent.push(request.headers().authorization);
  });

  await example(desktop, "Sign out everywhere else", "SessionEndOthers");
  await askToConfirm(desktop);
  await run(desktop);
  await expect(answer(desktop)).toContainText("STEP_UP_REQUIRED");
  await expect(password).toBeFocused();
  await expect(password).toHaveAccessibleDescription(/asks you to show again who you are/);
  await expectSignedIn(desktop);
  await expect(banner.getByRole("button", { name: "Sign out" })).toBeVisible();
  await screenshot(desktop, "graphiql-confirm");
  await banner.getByRole("button", { name: "Use a recovery code" }).click();
  await expect(banner.getByLabel("Recovery code")).toBeFocused();
  await banner.getByRole("button", { name: "Not now" }).click();
  await expect(password).toBeHidden();
  await expect(desktop.getByRole("button", { name: /^Execute query/ })).toBeFocused();
  await expect(editor).toContainText("sessionEndOthers");

  await askToConfirm(desktop);
  await run(desktop);
  await password.fill("not the password");
  await code.fill("000000");
  await desktop.keyboard.press("Enter");
  await expect(refusal(desktop)).toContainText("Password or code is wrong");
  await expect(code).toBeFocused();
  // Guessing is slowed down: the next try is taken after a second.
  await desktop.waitForTimeout(1_500);
  await password.fill(person.password);
  await code.fill(totp(secret, 1));
  await desktop.keyboard.press("Enter");
  await expect(banner.getByRole("status")).toContainText("you can run it again now");
  await expect(password).toBeHidden();
  await expect(editor).toContainText("sessionEndOthers");
  await expect(answer(desktop)).toContainText("STEP_UP_REQUIRED");

  await run(desktop);
  await expect(answer(desktop)).toContainText(/"ended":\s0/);
  await expect(banner.getByRole("status")).not.toContainText("run it again");
  // Twice asked for more, with one token, then with another one: nothing was sent by itself.
  expect(sent).toEqual([expect.stringMatching(/^Bearer /), sent[0], expect.stringMatching(/^Bearer /)]);
  expect(sent[2]).not.toBe(sent[0]);
  await expectSignedIn(desktop);
});

test("says what to do about a wrong password and too many tries", async ({ page, desk, complaints }) => {
  await open(page, desk);
  await signIn(page, { id: "", email: "", userName: "nobody", password: "not the password" });
  await expect(refusal(page)).toContainText("User name or password is wrong");
  await expect(page.getByLabel("Password", { exact: true })).toBeFocused();
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await expect(page.getByLabel("Password", { exact: true })).toHaveAttribute("type", "text");

  const limited = { errors: [{ message: "Too many.", extensions: { code: "RATE_LIMITED" } }] };
  await page.route("**/graphql", (route) => route.fulfill({ status: 429, headers: { "Retry-After": "40" }, json: limited }), { times: 1 });
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(refusal(page)).toContainText("There were too many tries. Try again in 40 seconds.");
  expect(complaints.splice(0)).toEqual([expect.stringContaining("429")]);

  await page.route("**/graphql", (route) => route.abort(), { times: 1 });
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(refusal(page)).toContainText("The server does not answer.");
  complaints.splice(0);
});

test("sends who forgot their password a link that is good once, and tells nobody whom it knows", async ({ page, desk }) => {
  const person = await invite(desk, "Mary");
  const { desktop, secret } = await moveIn(page, desk, person);
  await signOut(desktop);
  for (const userName of ["nobody.at.all", person.userName]) {
    await desktop.getByRole("button", { name: "Forgot your password?" }).click();
    await desktop.getByLabel("User name").fill(userName);
    await desktop.keyboard.press("Enter");
    await expect(desktop.getByRole("banner")).toContainText("If there is somebody of this name, a letter with a link");
    await desktop.getByRole("button", { name: "Back", exact: true }).click();
  }

  const changed = { ...person, password: `${person.password} and more` };
  const link = await letterLink(page, desk, person, "Set a new password");
  const address = (await link.getAttribute("href")) ?? "";
  const letter = await follow(page, link);
  await expect(letter).toHaveURL(`${desk.origin}/staff/password`);
  await choosePassword(letter, changed);
  await expect(letter.getByRole("status")).toContainText("You can sign in now");
  await screenshot(letter, "staff-password-set");
  await letter.getByRole("link", { name: "Sign in" }).click();
  await signIn(letter, changed);
  await letter.getByLabel("Code of your authenticator app").fill(totp(secret, 1));
  await letter.keyboard.press("Enter");
  await expectSignedIn(letter);

  const again = await page.context().newPage();
  await again.goto(address);
  await choosePassword(again, changed);
  await expect(again.getByRole("alert")).toContainText("Ask for another one here");
  await expect(again.getByLabel("User name")).toBeFocused();
});

test("says what to do about an invitation that is used, and one that is not whole", async ({ page, desk }) => {
  const person = await invite(desk, "Rosalind");
  const link = await letterLink(page, desk, person, "You are invited");
  const address = (await link.getAttribute("href")) ?? "";
  const letter = await follow(page, link);
  await choosePassword(letter, person);
  await expect(letter.getByLabel("First code")).toBeVisible();

  // Another link in the same tab is another letter.
  await letter.goto(address);
  await choosePassword(letter, person);
  await expect(letter.getByRole("alert")).toContainText("ask whoever invited you for another invitation");
  await expect(letter.getByRole("link", { name: "Sign in" })).toBeVisible();
  await screenshot(letter, "staff-invitation-over");
  await letter.reload();
  await expect(letter.getByRole("alert")).toContainText("Open the link in your letter once more");
});

test.describe("in French, and in the dark", () => {
  test.use({ locale: "fr-FR", colorScheme: "dark" });

  test("greets who is invited, and says what is wrong with a password", async ({ page, desk }) => {
    const person = await invite(desk, "Sophie");
    const letter = await followInvitation(page, desk, person);
    await expect(letter.getByRole("heading", { level: 1 })).toHaveText("Bienvenue chez Backdesk");
    await expect(letter.locator("html")).toHaveAttribute("lang", "fr");
    await expect(letter.getByLabel("Nouveau mot de passe")).toBeFocused();

    // A common password, and one that says who they are: the API refuses both in English.
    for (const password of ["password2026", `${person.userName}2026`]) {
      await letter.getByLabel("Nouveau mot de passe").fill(password);
      const refused = letter.waitForResponse((response) => response.request().postData()?.includes("acceptInvitation") ?? false);
      await letter.keyboard.press("Enter");
      await refused;
      await expect(letter.getByRole("alert")).toHaveText(/^Ce mot de passe n’a pas été accepté\. Il faut de 12 à 128 /);
      await expect(letter.getByLabel("Nouveau mot de passe")).toBeFocused();
    }
    await screenshot(letter, "staff-password-refused-french");

    await letter.getByLabel("Nouveau mot de passe").fill(person.password);
    await letter.keyboard.press("Enter");
    await expect(letter.getByLabel("Premier code")).toBeFocused();
    await screenshot(letter, "staff-second-factor-french");
  });
});

test("leaves nothing secret behind, neither in the browser nor on the page", async ({ page, desk }) => {
  const tokens = new Set<string>();
  page.context().on("response", async (response) => {
    const found = (await response.text().catch(() => "")).matchAll(/"(?:accessToken|refreshToken|token)":"([^"]+)"/g);
    for (const [, token = ""] of found) tokens.add(token);
  });
  const person = await invite(desk, "Vera");
  const { desktop, secret, recoveryCodes } = await moveIn(page, desk, person);
  await run(desktop);
  await expect(answer(desktop)).toContainText("reference");
  await desktop.reload();
  await expectSignedIn(desktop);

  const cookies = await desktop.context().cookies(`${desk.origin}/graphql`);
  expect(cookies).toEqual([expect.objectContaining({ httpOnly: true, sameSite: "Strict" })]);
  for (const { value } of cookies) tokens.add(value);
  // a challenge, an access token of the invitation, one of each load, and the cookie
  expect(tokens.size).toBeGreaterThanOrEqual(5);
  const secrets = [person.password, secret, totp(secret), ...recoveryCodes, ...tokens];
  const kept = await left(desktop);
  for (const secret of secrets) expect(kept).not.toContain(secret);

  await signOut(desktop);
  await expect.poll(() => desktop.context().cookies(`${desk.origin}/graphql`)).toEqual([]);
  expect(await desktop.evaluate(() => ({ ...localStorage }))).toEqual({});
  // The letter's address is not to go back to.
  await desktop.goBack();
  expect(desktop.url()).toBe(`${desk.origin}/staff/invitation`);
  await expect(desktop.getByRole("alert")).toContainText("Open the link in your letter once more");
});
