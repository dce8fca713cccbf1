import { defineConfig } from "@playwright/test";

// The installed Chromium: nothing is downloaded, and the browser finds no host but this machine.
export default defineConfig({
  testDir: ".",
  testMatch: "*.spec.ts",
  outputDir: "../../target/browser-tests",
  reporter: "list",
  workers: 2,
  forbidOnly: true,
  // Generous: a busy machine is no failure.
  timeout: 60_000,
  expect: { timeout: 15_000 },
  use: {
    viewport: { width: 1280, height: 800 },
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      // As root Chromium starts without its sandbox only.
      chromiumSandbox: process.getuid?.() !== 0,
      args: ["--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
    },
  },
});
