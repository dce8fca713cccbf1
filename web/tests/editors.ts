// GraphiQL's page, as tests use it.

import type { Page } from "@playwright/test";

import { type Desk, expect } from "./desk";

/** The editor comes a moment after the page; before that there is nothing to run. */
const editing = (page: Page) => expect(page.getByRole("region", { name: "Operation Editor" })).toContainText("{");

export const open = async (page: Page, desk: Desk) => {
  await page.goto(`${desk.origin}/graphiql`);
  await editing(page);
};
export const run = async (page: Page) => {
  await editing(page);
  await page.getByRole("button", { name: /^Execute query/ }).click();
};
/** Opens an example, which is shown in a tab with the name of its operation. */
export const example = async (page: Page, title: string, operation: string) => {
  await page.getByRole("button", { name: title, exact: true }).click();
  await expect(page.getByRole("tab", { name: operation })).toBeVisible();
};
export const answer = (page: Page) => page.getByRole("region", { name: "Result Window" });
export const signOut = (page: Page) => page.getByRole("banner").getByRole("button", { name: "Sign out" }).click();
/** Lets what a page runs next be answered that whoever is signed in has to show it again. */
export const askToConfirm = async (page: Page) => {
  let isAsked = false;
  await page.route("**/graphql", (route) => {
    if (isAsked || /IntrospectionQuery|sessionConfirm/.test(route.request().postData() ?? "")) return route.fallback();
    isAsked = true;
    const extensions = { code: "STEP_UP_REQUIRED", maxAge: 600 };
    return route.fulfill({ json: { data: null, errors: [{ message: "Show again who you are.", extensions }] } });
  });
};
/** Why nobody is signed in, or why a form of the bar was refused. */
export const refusal = (page: Page) => page.getByRole("banner").getByRole("alert");
/** Takes what Chromium writes by itself about answers with 401 out of the complaints. */
export const expectUnauthorized = (complaints: string[], answers = 1) => {
  expect(complaints.splice(0)).toEqual(Array(answers).fill(expect.stringContaining("401 (Unauthorized)")));
};
