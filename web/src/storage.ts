// What GraphiQL keeps (tabs, history, theme) it keeps for this browser tab: queries and variables name customers, and a
// shared computer should not. What looks like a token is not kept at all, wherever somebody pasted it.

import type { Storage } from "@graphiql/toolkit";

const JSON_WEB_TOKEN = /eyJ[\w-]*\.[\w-]*\.[\w-]*/g;

export const tabStorage: Storage = {
  getItem: (key) => sessionStorage.getItem(key),
  setItem: (key, value) => sessionStorage.setItem(key, value.replace(JSON_WEB_TOKEN, "…")),
  removeItem: (key) => sessionStorage.removeItem(key),
  clear: () => sessionStorage.clear(),
  get length() {
    return sessionStorage.length;
  },
};
