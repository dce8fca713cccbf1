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
export const answer = (page: Page) => page.getByRole("region", { name: "Result Window" });
export const signOut = (page: Page) => page.getByRole("banner").getByRole("button", { name: "Sign out" }).click();
/** Why nobody is signed in. */
export const refusal = (page: Page) => page.getByRole("banner").getByRole("alert");
/** Takes what Chromium writes by itself about answers with 401 out of the complaints. */
export const expectUnauthorized = (complaints: string[], answers = 1) => {
  expect(complaints.splice(0)).toEqual(Array(answers).fill(expect.stringContaining("401 (Unauthorized)")));
};
