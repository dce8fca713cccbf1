import { defineConfig } from "vite";

// The page asks its own origin, which hands /graphql on to the desk.
const proxy = { "/graphql": process.env.BACKDESK_URL ?? "http://127.0.0.1:8080" };

export default defineConfig({
  server: { host: "127.0.0.1", proxy },
  preview: { host: "127.0.0.1", proxy },
  build: {
    chunkSizeWarningLimit: 1500,
    // "use client" in the packages means nothing in a browser.
    rolldownOptions: { checks: { moduleLevelDirective: false } },
  },
});
