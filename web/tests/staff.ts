// Somebody of the staff, on their way in: invited, with the letters that they get, and with an authenticator app.

import { createHmac, randomBytes } from "node:crypto";

import type { Locator, Page } from "@playwright/test";

import { type Desk, expect } from "./desk";

export type Person = { id: string; userName: string; email: string; password: string };

const INVITE = `mutation Invite($input: StaffCreateInput!) { staffCreate(input: $input) { staffMember { id } errors { message } } }`;

/** Somebody of the support team who was just invited, and the password that they will choose. */
export async function invite(desk: Desk, firstName: string): Promise<Person> {
  const userName = `${firstName.toLowerCase()}.${randomBytes(4).toString("hex")}`;
  const email = `${userName}@example.com`;
  const input = {
    userName,
    email,
    firstName,
    lastName: "Example",
    language: "en",
    roles: [{ role: "support" }],
    accounts: [{ account: "*" }],
  };
  const { staffCreate } = await desk.ask(desk.tokens.admin, INVITE, { input });
  expect(staffCreate.errors).toEqual([]);
  return { id: staffCreate.staffMember.id, userName, email, password: randomBytes(15).toString("base64url") };
}

/** The link of the newest letter to somebody with such a subject, in the letter. */
export async function letterLink(page: Page, desk: Desk, { email }: Person, subject: string): Promise<Locator> {
  const letter = page.getByRole("row").filter({ hasText: email }).getByRole("link", { name: subject }).first();
  await expect(async () => {
    await page.goto(`${desk.origin}/demo/mails`);
    await letter.click({ timeout: 500 });
  }).toPass();
  return page.frameLocator("iframe").getByRole("link");
}

/** The page that a link of a letter opens. */
export async function follow(page: Page, link: Locator): Promise<Page> {
  let letter = page;
  // A click into a frame that is still being painted may open nothing.
  await expect(async () => {
    [letter] = await Promise.all([page.context().waitForEvent("page", { timeout: 5_000 }), link.click()]);
  }).toPass();
  await letter.waitForURL("**/staff/*");
  return letter;
}

export const followInvitation = async (page: Page, desk: Desk, person: Person) =>
  follow(page, await letterLink(page, desk, person, "You are invited"));

export async function choosePassword(page: Page, { password }: Person) {
  await page.getByLabel("New password").fill(password);
  await page.keyboard.press("Enter");
}

/** Puts the secret that is shown into the app, and types its first code: the secret, and the recovery codes. */
export async function setUpSecondFactor(page: Page): Promise<{ secret: string; recoveryCodes: string[] }> {
  await expect(page.getByRole("img", { name: "QR code" })).toHaveJSProperty("complete", true);
  const secret = (await page.locator(".set-up code").innerText()).replaceAll(" ", "");
  await page.getByLabel("First code").fill(totp(secret));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Your recovery codes" })).toBeFocused();
  return { secret, recoveryCodes: await page.getByRole("listitem").locator("code").allInnerTexts() };
}

/** Goes the whole way of who is invited, to GraphiQL: the page of it, and what they have kept. */
export async function moveIn(page: Page, desk: Desk, person: Person) {
  const letter = await followInvitation(page, desk, person);
  await choosePassword(letter, person);
  const kept = await setUpSecondFactor(letter);
  await letter.getByRole("button", { name: "I have kept them" }).click();
  await letter.getByRole("link", { name: "Open GraphiQL" }).click();
  await expectSignedIn(letter);
  return { desktop: letter, ...kept };
}

export async function signIn(page: Page, { userName, password }: Person) {
  await page.getByLabel("User name").fill(userName);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.keyboard.press("Enter");
}

export const expectSignedIn = (page: Page) => expect(page.getByRole("banner")).toContainText("Signed in as");

/** The code of an app (RFC 6238), with what all apps know: SHA-1, six digits, thirty seconds. Of later steps, too. */
export function totp(secret: string, later = 0): string {
  const bits = Array.from(secret, (sign) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(sign).toString(2).padStart(5, "0"));
  const key = Buffer.from((bits.join("").match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + later));
  const hash = createHmac("sha1", key).update(step).digest();
  const offset = (hash.at(-1) ?? 0) & 15;
  return String((hash.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}
