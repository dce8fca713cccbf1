// A peer of Backdesk's benchmark: what a good developer writes for these questions with GraphQL Yoga, Kysely and pg. Only the
// selected columns are read; keyset pages; one statement for a relation of a whole page, all at once.
//
// Reads DATABASE_URL, POOL_SIZE and PORT.

import { createServer } from "node:http";
import { createSchema, createYoga } from "graphql-yoga";
import { Kysely, PostgresDialect, sql } from "kysely";
import pg from "pg";
import { typeDefs } from "./schema.mjs";
import { selected } from "./selection.mjs";

const { DATABASE_URL, POOL_SIZE, PORT } = process.env;

// instants keep their microseconds, which a Date has not; the connections are in UTC
pg.types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, (text) => `${text.replace(" ", "T").slice(0, -3)}Z`);
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

const pool = new pg.Pool({
  connectionString: DATABASE_URL,
  max: Number(POOL_SIZE),
  options: "-c timezone=UTC",
});
const db = new Kysely({ dialect: new PostgresDialect({ pool }) });

/** The kind of the address of a company, which the questions leave out. */
const COMPANY = 3;

/** Columns by the names of the fields that show them. */
const COLUMNS = {
  id: "id",
  reference: "reference",
  createdAt: "created_at",
  lastSignInAt: "last_sign_in_at",
  personType: "person_type",
  status: "status",
  frozen: "frozen",
  firstName: "first_name",
  lastName: "last_name",
  country: "country",
  email: "email",
  phone: "phone",
  preferredLanguage: "preferred_language",
  kycStatus: "kyc_status",
  kycLevel: "kyc_level",
};

/** The columns of the selected fields, called as the fields are. */
function columns(fields) {
  const names = Object.keys(COLUMNS).filter((name) => name === "id" || fields.has(name));
  return names.map((name) => `${COLUMNS[name]} as ${name}`);
}

/** What belongs to the users of a page, a statement for each relation. */
const RELATIONS = {
  addresses: (ids) =>
    db
      .selectFrom("user_addresses")
      .select(["user_id as userId", "kind", "line1", "postcode", "city", "country"])
      .where(sql`user_id = any(${ids})`)
      .where("kind", "<", COMPANY)
      .orderBy("kind")
      .execute(),
  wallets: (ids) =>
    newest("wallets", 1, ["id", "status", "provider", "currency", "opened_at as openedAt"], ids),
  reviews: (ids) =>
    newest("kyc_reviews", 3, ["id", "trigger", "state", "opened_at as openedAt", "decided_at as decidedAt"], ids),
};

/** The newest rows of a table of each of these users. */
function newest(table, limit, columns, ids) {
  return db
    .selectFrom(sql`unnest(${ids}::uuid[])`.as(sql`page (user_id)`))
    .innerJoinLateral(
      (of) =>
        of
          .selectFrom(table)
          .select(["user_id as userId", ...columns])
          .whereRef("user_id", "=", "page.user_id")
          .orderBy("opened_at", "desc")
          .orderBy("id", "desc")
          .limit(limit)
          .as("newest"),
      (join) => join.onTrue(),
    )
    .selectAll("newest")
    .execute();
}

/** Adds to the users of a page what is selected of their relations. */
async function relate(users, fields) {
  const ids = users.map((user) => user.id);
  const asked = Object.keys(RELATIONS).filter((name) => fields.has(name));
  const found = await Promise.all(asked.map((name) => RELATIONS[name](ids)));
  for (const [place, name] of asked.entries()) {
    const byUser = Map.groupBy(found[place], (row) => row.userId);
    for (const user of users) user[name] = byUser.get(user.id) ?? [];
  }
  return users;
}

/** The users of a condition, as a filter narrows them. */
function matching({ status, country, since, word }) {
  let users = db.selectFrom("users");
  if (status != null) users = users.where("status", "=", status);
  if (country != null) users = users.where("country", "=", country);
  if (since != null) users = users.where("created_at", ">=", since);
  if (word != null) users = users.where("search_text", "like", `%${word}%`);
  return users;
}

const resolvers = {
  Query: {
    user: (_, { id }, __, info) =>
      db.selectFrom("users").select(columns(selected(info))).where("id", "=", id).executeTakeFirst(),
    users: (_, { after, first, ...filter }) => ({
      nodes: async (__, ___, info) => {
        const fields = selected(info);
        let page = matching(filter).select(columns(fields));
        if (after)
          page = page
            .where("created_at", "<=", after.createdAt)
            .where((or) => or.or([or("created_at", "<", after.createdAt), or("id", "<", after.id)]));
        page = page.orderBy("created_at", "desc").orderBy("id", "desc").limit(first);
        return relate(await page.execute(), fields);
      },
      totalCount: async () => {
        const { total } = await matching(filter)
          .select((of) => of.fn.countAll().as("total"))
          .executeTakeFirstOrThrow();
        return total;
      },
    }),
  },
  Mutation: {
    setPhone: (_, { id, phone }, __, info) =>
      db
        .updateTable("users")
        .set({ phone })
        .where("id", "=", id)
        .returning(columns(selected(info)))
        .executeTakeFirst(),
  },
};

const yoga = createYoga({
  schema: createSchema({ typeDefs, resolvers }),
  graphiql: false,
  landingPage: false,
  logging: "warn",
});
createServer(yoga).listen(Number(PORT), "127.0.0.1");
