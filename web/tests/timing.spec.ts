// When a page asks for its next access token.

import { expect, test } from "@playwright/test";

import { renewAfter } from "../src/sign-in/timing";

test("a token is replaced a minute before its end, a short one at half its time, and none without a pause", () => {
  const lasting = [10 * 60, 2 * 60, 60, 20, 4, 0, -30].map((seconds) => renewAfter(seconds * 1000) / 1000);
  expect(lasting).toEqual([9 * 60, 60, 30, 10, 5, 5, 5]);
});
