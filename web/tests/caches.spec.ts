// The caches of Apollo Client and urql, set up as the README of the example client says: a list that is walked grows,
// and what a mutation answers is what the list then shows.

import { ApolloClient, gql, HttpLink, InMemoryCache } from "@apollo/client";
import { relayStylePagination } from "@apollo/client/utilities";
import { Client, fetchExchange } from "@urql/core";
import { cacheExchange } from "@urql/exchange-graphcache";
import { relayPagination } from "@urql/exchange-graphcache/extras";

import { type Desk, expect, test } from "./desk";

const USERS = gql`
  query Users($after: String) {
    users(orderBy: [{ field: NAME }], first: 10, after: $after) {
      totalCount
      edges {
        cursor
        node {
          id
          tag
          name {
            display
          }
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`;
const RETAG = gql`
  mutation Retag($id: ID!, $tag: String) {
    userUpdate(id: $id, input: { tag: $tag }) {
      user {
        id
        tag
      }
      errors {
        code
      }
    }
  }
`;

type Users = {
  users: {
    totalCount: number;
    edges: { node: { id: string; tag: string | null } }[];
    pageInfo: { hasNextPage: boolean; endCursor: string };
  };
};

const url = (desk: Desk) => `${desk.origin}/graphql`;
const headers = (desk: Desk) => ({ Authorization: `Bearer ${desk.tokens.admin}` });
const ids = (data: Users | undefined) => data?.users.edges.map(({ node }) => node.id) ?? [];
const expected = async (desk: Desk) => {
  const query = "{ users(orderBy: [{ field: NAME }], first: 20) { nodes { id } } }";
  return (await desk.ask(desk.tokens.admin, query)).users.nodes.map((user: { id: string }) => user.id);
};

test("Apollo Client walks a list with fetchMore, and a mutation updates it", async ({ desk }) => {
  const client = new ApolloClient({
    link: new HttpLink({ uri: url(desk), headers: headers(desk) }),
    cache: new InMemoryCache({
      typePolicies: {
        Query: {
          fields: {
            users: relayStylePagination(["where", "search", "orderBy"]),
            auditEvents: relayStylePagination(["where", "search", "orderBy"]),
          },
        },
        Account: { keyFields: ["code"] },
        UserAccount: { keyFields: ["code"] },
      },
    }),
  });
  const list = client.watchQuery<Users>({ query: USERS });
  let shown: Users | undefined;
  const subscription = list.subscribe(({ data, dataState }) => {
    if (dataState === "complete") shown = data as Users;
  });
  await expect.poll(() => ids(shown).length).toBe(10);
  await list.fetchMore({ variables: { after: shown?.users.pageInfo.endCursor } });
  await expect.poll(() => ids(shown)).toEqual(await expected(desk));
  expect(typeof shown?.users.totalCount).toBe("number");

  await client.mutate({ mutation: RETAG, variables: { id: ids(shown)[12], tag: "by Apollo" } });
  await expect.poll(() => shown?.users.edges[12]?.node.tag).toBe("by Apollo");
  subscription.unsubscribe();
  client.stop();
});

test("urql walks a list with variables, and a mutation updates it", async ({ desk }) => {
  const client = new Client({
    url: url(desk),
    preferGetMethod: false,
    fetchOptions: { headers: headers(desk) },
    exchanges: [
      cacheExchange({
        resolvers: { Query: { users: relayPagination(), auditEvents: relayPagination() } },
        keys: {
          Account: (account) => String(account.code),
          UserAccount: (account) => String(account.code),
          PersonName: () => null,
        },
      }),
      fetchExchange,
    ],
  });
  const first = await client.query<Users>(USERS, {}).toPromise();
  await client.query<Users>(USERS, { after: first.data?.users.pageInfo.endCursor }).toPromise();
  const shown = () => client.readQuery<Users>(USERS, {})?.data ?? undefined;
  expect(ids(shown())).toEqual(await expected(desk));

  await client.mutation(RETAG, { id: ids(shown())[12], tag: "by urql" }).toPromise();
  expect(shown()?.users.edges[12]?.node.tag).toBe("by urql");
});
