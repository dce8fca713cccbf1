// The whole file of a user in GraphiQL, as each built-in role opens it: what is shown, what is withheld, and why.

import { readFileSync } from "node:fs";

import { type Desk, expect, ROLES, type Role, screenshot, test } from "./desk";

const EVERYBODY = ROLES.filter((role) => role !== "machine");
/** Who holds what: written down once more, so that a change of the policy shows here. */
const HOLDERS = {
  USER_READ: EVERYBODY,
  USER_READ_SENSITIVE: ["admin", "compliance"],
  BANK_ACCOUNT_READ: ["admin", "compliance", "finance"],
  DOCUMENT_READ: ["admin", "compliance"],
  COMMENT_READ: ["admin", "compliance", "read-only", "support", "support-l3", "support-read-only", "view-only"],
  GUEST_READ: EVERYBODY.filter((role) => role !== "marketing"),
  KYC_READ: ["admin", "compliance", "read-only", "view-only"],
  FINANCE_READ: EVERYBODY.filter((role) => role !== "dealing" && role !== "marketing"),
  DEALING_READ: ["admin", "compliance", "read-only", "dealing", "auditor-read-only", "view-only"],
  NETWORK_READ: ["admin", "compliance", "read-only", "support", "support-l3", "support-read-only", "view-only"],
  AUDIT_READ: ["admin", "compliance", "read-only", "auditor-read-only"],
} satisfies Record<string, Role[]>;
type Permission = keyof typeof HOLDERS;

/** The parts of a user that not everybody sees, and what shows them: one of these. */
const PARTS: Record<string, [Permission, ...Permission[]]> = {
  documents: ["DOCUMENT_READ"],
  comments: ["COMMENT_READ"],
  history: ["AUDIT_READ"],
  tax: ["USER_READ_SENSITIVE"],
  finances: ["USER_READ_SENSITIVE"],
  sanctions: ["USER_READ_SENSITIVE"],
  "kyc.comment": ["COMMENT_READ"],
  "kyc.current": ["KYC_READ"],
  "kyc.reviews": ["KYC_READ"],
  "kyc.reviews.documents": ["DOCUMENT_READ"],
  guests: ["GUEST_READ"],
  wallets: ["FINANCE_READ"],
  "wallets.network": ["NETWORK_READ"],
  transactions: ["FINANCE_READ", "DEALING_READ"],
  "transactions.wallet": ["FINANCE_READ"],
  pspAccounts: ["FINANCE_READ"],
  bankAccounts: ["FINANCE_READ"],
  "bankAccounts.iban": ["BANK_ACCOUNT_READ"],
};

const holds = (role: Role, permission: Permission) => (HOLDERS[permission] as Role[]).includes(role);
const withheld = (role: Role) =>
  Object.entries(PARTS)
    .filter(([, permissions]) => !permissions.some((permission) => holds(role, permission)))
    .map(([path, [permission]]) => ({ path, permission, policy: null }));
const byPath = (one: { path: string }, other: { path: string }) => one.path.localeCompare(other.path);

/** What an answer has at a path, of each row where there are rows; nulls are left out. */
const valuesAt = (user: any, path: string): unknown[] => {
  const step = (values: any[], name: string) =>
    values.flatMap((value) => value.nodes ?? [value]).flatMap((value) => value[name] ?? []);
  return path.split(".").reduce(step, [user]);
};

/** Somebody with a file that leaves nothing out. */
const FULL = `{ users(first: 1, where: {
  status: { eq: LIVE }, kycStatus: { eq: PENDING }, hasListing: true, hasBankAccount: true, walletNetworkStatus: { ne: PENDING }, documents: { state: ACCEPTED }
}) { nodes { id } } }`;
const example = readFileSync(new URL("../src/examples/userWholeFile.graphql", import.meta.url), "utf8");
const asAdmin = async (desk: Desk, id: string) => (await desk.ask(desk.tokens.admin, example, { id })).user;

for (const role of ROLES) {
  test(`is shown to ${role} as far as the policy goes`, async ({ page, desk }) => {
    await page.setViewportSize({ width: 1400, height: 1300 });
    await page.goto(`${desk.origin}/graphiql`);
    await expect(page.getByRole("region", { name: "Operation Editor" })).toContainText("query");
    await page.getByLabel("Access token").fill(desk.tokens[role]);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("banner")).toContainText(`Signed in as Demo ${role}`);
    // The page asks for the user who was changed last: which one that is, other tests decide. Marketing reaches leads
    // alone, of whom little is known: whomever the page finds will do.
    const reachesAll = holds(role, "USER_READ") && role !== "marketing";
    const { users } = await desk.ask(desk.tokens.admin, FULL);
    await page.route("**/graphql", (route) => {
      const asksWhom = route.request().postData()?.includes("query LatestUser");
      return reachesAll && asksWhom ? route.fulfill({ json: { data: { users } } }) : route.fallback();
    });
    await page.getByRole("button", { name: "The whole file of a user", exact: true }).click();
    await expect(page.getByRole("tab", { name: "WholeFile" })).toBeVisible();

    const answered = page.waitForResponse((response) => response.request().postData()?.includes("query WholeFile") ?? false);
    await page.getByRole("button", { name: /^Execute query/ }).click();
    const { data, errors = [] } = await (await answered).json();
    const result = page.getByRole("region", { name: "Result Window" });
    await expect(result).toContainText('"data"');
    await screenshot(page, `whole-file-${role}`);
    const refused = errors.map((it: any) => [it.path[0], it.extensions.code, it.extensions.permission]);
    const refusedTo = (field: string, permission: Permission) =>
      holds(role, permission) ? [] : [[field, "FORBIDDEN", permission]];
    expect(refused).toEqual(refusedTo("user", "USER_READ"));
    if (!holds(role, "USER_READ")) {
      expect(data.user).toBeNull();
      return;
    }

    const { user } = data;
    expect([...user.withheldFields].sort(byPath)).toEqual(withheld(role).sort(byPath));
    const whole = await asAdmin(desk, user.id);
    expect(whole.withheldFields).toEqual([]);
    for (const path of Object.keys(PARTS)) {
      const isWithheld = withheld(role).some((part) => part.path === path);
      const isThere = valuesAt(whole, path).length > 0;
      expect(valuesAt(user, path).length > 0, path).toBe(isThere && !isWithheld);
    }
    if (reachesAll) {
      const empty = Object.keys(PARTS).filter((path) => valuesAt(whole, path).length === 0);
      expect(empty.filter((path) => path !== "kyc.comment")).toEqual([]);
    }

    await result.locator(".view-lines").click();
    await page.keyboard.press("Control+F");
    await page.keyboard.insertText('"withheldFields"');
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
    await expect(result).toContainText("withheldFields");
    await screenshot(page, `whole-file-${role}-withheld`);
  });
}
