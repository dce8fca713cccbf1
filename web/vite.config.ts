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
    rolldownOptions: {
      // GraphiQL, and the pages that letters link to: small, without its editors.
      input: { graphiql: "index.html", staff: "staff.html" },
      // "use client" in the packages means nothing in a browser.
      checks: { moduleLevelDirective: false },
    },
  },
});
