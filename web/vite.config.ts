import { defineConfig } from "vite";

export default defineConfig({
  // Where the program serves what is built here.
  base: "/graphiql/",
  build: {
    // Monaco, the editor inside GraphiQL, is one large part by nature.
    chunkSizeWarningLimit: 3000,
    // The notices that the bundled packages ask for travel with them.
    license: { fileName: "licenses.md" },
    modulePreload: { polyfill: false },
    // "use client" in the packages means nothing in a browser.
    rolldownOptions: { checks: { moduleLevelDirective: false } },
  },
});
