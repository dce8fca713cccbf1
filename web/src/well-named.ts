// GraphiQL learns the name of an operation a moment after it was typed: who runs it at once would ask for the former one.

import type { FetcherParams } from "@graphiql/toolkit";
import { Kind, parse } from "graphql";

/** The same request; without an operation's name where its only operation has another one. */
export function wellNamed({ operationName, ...params }: FetcherParams): FetcherParams {
  const isKnown = operationName == null || !namesAnother(params.query, operationName);
  return isKnown ? { ...params, ...(operationName !== undefined && { operationName }) } : params;
}

function namesAnother(query: string, operationName: string): boolean {
  try {
    const operations = parse(query).definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
    return operations.length === 1 && operations[0]?.name?.value !== operationName;
  } catch {
    // the server says what is wrong
    return false;
  }
}
