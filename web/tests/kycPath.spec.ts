// The way of a KYC review in GraphiQL: an administrator changes a validated user, compliance finds the review in the queue,
// claims it and decides, and an auditor reads in the user's history who did what.

import type { Page } from "@playwright/test";

import { type Desk, expect, screenshot, test } from "./desk";

/** A validated user of whom no review is open: the id, and the version. */
const VALIDATED = `{ users(first: 1, where: {
  kycStatus: { eq: VALIDATED }, status: { eq: LIVE }, personType: { eq: NATURAL_PERSON }, kycLevel: { in: [LIGHT, REGULAR] }
}) { nodes { id kyc { level } } } }`;

const signIn = async (page: Page, desk: Desk, role: "admin" | "compliance" | "auditor-read-only") => {
  await page.goto(`${desk.origin}/graphiql`);
  await expect(page.getByRole("region", { name: "Operation Editor" })).toContainText(/query|mutation/);
  const out = page.getByRole("banner").getByRole("button", { name: "Sign out" });
  if (await out.isVisible()) await out.click();
  await page.getByLabel("Access token").fill(desk.tokens[role]);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("banner")).toContainText(`Signed in as Demo ${role}`);
};

/** Opens an example, gives it other variables, runs it: its answer. */
const run = async (page: Page, title: string, operation: string, variables: object) => {
  await page.getByRole("button", { name: title, exact: true }).click();
  await expect(page.getByRole("tab", { name: operation })).toBeVisible();
  await page.getByRole("region", { name: "Variables" }).getByRole("textbox").focus();
  await page.keyboard.press("Control+A");
  // pasted: of what is typed, the editor closes the brackets
  await page.evaluate((text) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    document.activeElement?.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true }));
  }, JSON.stringify(variables, undefined, 2));
  const answered = page.waitForResponse((response) => response.request().postData()?.includes(` ${operation}(`) ?? false);
  await page.getByRole("button", { name: /^Execute query/ }).click();
  const { data, errors } = await (await answered).json();
  expect(errors ?? []).toEqual([]);
  await expect(page.getByRole("region", { name: "Result Window" })).toContainText('"data"');
  for (const part of Object.values<any>(data)) expect(part.errors ?? []).toEqual([]);
  return data;
};

test("leads from a change to a decision, and the auditor reads who did what", async ({ page, desk }) => {
  await page.setViewportSize({ width: 1400, height: 1000 });
  const { users } = await desk.ask(desk.tokens.admin, VALIDATED);
  const [{ id, kyc: before }] = users.nodes;

  await signIn(page, desk, "admin");
  const moved = { postalAddress: { line1: "new address", line2: "new address continuated", postcode: "75001", city: "Paris" } };
  const previewed = await run(page, "Change a user's record", "UpdateUser", {
    id,
    input: moved,
    options: { validateOnly: true },
  });
  expect(previewed.userUpdate.preview.opensKycReview).toBe(true);
  await screenshot(page, "kyc-path-1-preview");
  await run(page, "Change a user's record", "UpdateUser", { id, input: moved, options: { reason: "Moved house." } });

  await signIn(page, desk, "compliance");
  const queue = await run(page, "The queue of KYC reviews", "KycQueue", {
    where: { open: true, trigger: { eq: "DATA_CHANGED" } },
    first: 100,
  });
  await screenshot(page, "kyc-path-2-queue");
  const review = queue.kycReviews.nodes.find((one: any) => one.user.id === id);
  expect(review).toMatchObject({ trigger: "DATA_CHANGED", state: "WAITING", assignee: null });
  const input = { reviewId: review.id };
  await run(page, "Claim a KYC review", "ClaimKycReview", { id, input, options: {} });
  const file = await run(page, "KYC of a user", "KycOfUser", { id });
  expect(file.user.kyc.current.changes[0].changes.map((change: any) => change.field)).toContain("postalAddress.line1");
  await screenshot(page, "kyc-path-3-file");
  const decided = await run(page, "Decide on a KYC review", "DecideOnKycReview", {
    id,
    input: { ...input, decision: "VALIDATE", comment: "The bill has the new address." },
    options: { validateOnly: false },
  });
  expect(decided.kycDecide.user.kyc).toMatchObject({ level: before.level, status: "VALIDATED", current: null });
  await screenshot(page, "kyc-path-4-decision");

  await signIn(page, desk, "auditor-read-only");
  const { user } = await run(page, "The history of a user", "HistoryOfUser", { id, where: null });
  await screenshot(page, "kyc-path-5-history");
  const acts = user.history.nodes.map((event: any) => [event.action, event.actor.name]);
  expect(acts.slice(0, 3)).toEqual([
    ["KYC_DECIDE", "Demo compliance"],
    ["KYC_CLAIM", "Demo compliance"],
    ["USER_UPDATE", "Demo admin"],
  ]);
  const change = user.history.nodes[2].changes.find((one: any) => one.field === "postalAddress.line1");
  expect(change).toMatchObject({ after: "new address", withheld: false });
});
