// One question to the API: a typed document and its variables in, typed data out. The token lives here alone, in memory:
// in no storage, and gone when the page is left.

import { HttpError } from "react-admin";

import type { TypedDocumentString } from "./generated";

let token: string | null = null;

export function setToken(next: string | null) {
  token = next;
}

/** An error of a whole answer; `code` is what clients switch on. */
type ApiError = { message: string; extensions?: { code?: string } };

export async function ask<Data, Variables>(
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
  signal?: AbortSignal,
): Promise<Data> {
  const response = await fetch("/graphql", {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Accept: "application/graphql-response+json",
      ...(token !== null && { Authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query: document.toString(), variables }),
    signal: signal ?? null,
  });
  const answer: { data?: Data | null; errors?: ApiError[] } = await response.json().catch(() => ({}));
  const [error] = answer.errors ?? [];
  if (error || !answer.data) {
    const code = error?.extensions?.code;
    // Status 200 also carries errors of single fields: react-admin is told by the status what the code says.
    const status = code === "UNAUTHENTICATED" ? 401 : code === "FORBIDDEN" ? 403 : response.ok ? 400 : response.status;
    throw new HttpError(error?.message ?? "The desk does not answer.", status, { code });
  }
  return answer.data;
}

/** A root field that was refused is null, and `ask` has thrown already: this tells TypeScript so. */
export function answered<Field>(field: Field | null): Field {
  if (field === null) throw new HttpError("The desk does not answer.", 500);
  return field;
}
