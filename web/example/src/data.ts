// The data provider: react-admin's questions, as operations of the API. README.md has the table.

import { type DataProvider, HttpError, type PaginationPayload, type SortPayload, type UpdateParams } from "react-admin";

import { answered, ask } from "./api";
import {
  type RowFragment,
  UpdateUserDocument,
  type UpdateUserMutation,
  UserDocument,
  type UserOrderField,
  type UserUpdateInput,
  UsersByIdsDocument,
  UsersDocument,
  type UserStatus,
} from "./generated";

/** What the filter form of the list gives. */
export type Filter = { q?: string; status?: UserStatus; country?: string; frozen?: boolean };

type ListParams = { pagination: PaginationPayload; sort: SortPayload; filter: Filter; signal?: AbortSignal };

/** What the edit form gives: the row, and why it is changed. */
type Form = RowFragment & { reason?: string | null };

/** The inputs of the edit form, and what the API calls them. */
const INPUTS = {
  "name.first": "firstName",
  "name.last": "lastName",
  email: "email",
  countryOfResidence: "countryOfResidence",
  tag: "tag",
} as const satisfies Record<string, keyof UserUpdateInput>;
const SOURCES = Object.keys(INPUTS) as (keyof typeof INPUTS)[];

const values = (form: Form): Record<keyof typeof INPUTS, string | null> => ({
  "name.first": form.name.first,
  "name.last": form.name.last,
  email: form.email,
  countryOfResidence: form.countryOfResidence,
  tag: form.tag,
});

const provider = {
  async getList(_: string, { pagination, sort, filter, signal }: ListParams) {
    const { q, status, country, frozen } = filter;
    const answer = await ask(
      UsersDocument,
      {
        search: q ?? null,
        where: {
          ...(status && { status: { eq: status } }),
          ...(country && { country: { eq: country.toUpperCase() } }),
          ...(typeof frozen === "boolean" && { frozen }),
        },
        // Columns name the API's order fields.
        orderBy: [{ field: sort.field as UserOrderField, direction: sort.order }],
        page: pagination,
      },
      signal,
    );
    const users = answered(answer.users);
    return { data: users.nodes, total: users.totalCount };
  },

  async getOne(_: string, { id, signal }: { id: string; signal?: AbortSignal }) {
    const { user } = await ask(UserDocument, { id }, signal);
    if (!user) throw new HttpError("There is no such user in your accounts.", 404);
    return { data: user };
  },

  async getMany(_: string, { ids, signal }: { ids: string[]; signal?: AbortSignal }) {
    const { users } = await ask(UsersByIdsDocument, { ids }, signal);
    return { data: answered(users).nodes };
  },

  /** Sends what changed, for the version that the form showed. */
  async update(_: string, { id, data, previousData }: UpdateParams<Form>) {
    const before = values(previousData);
    const after = values({ ...previousData, ...data });
    const input: UserUpdateInput = {};
    for (const source of SOURCES) {
      if (after[source] !== before[source]) input[INPUTS[source]] = after[source] || null;
    }
    const answer = await ask(UpdateUserDocument, {
      id,
      input,
      options: { ifVersion: previousData.version, reason: data.reason || null },
    });
    const userUpdate = answered(answer.userUpdate);
    if (!userUpdate.user) throw invalid(userUpdate.errors);
    return { data: userUpdate.user };
  },
};

/** The problems of an act, at the inputs that they are about; a sentence for those that are about none. */
function invalid(problems: NonNullable<UpdateUserMutation["userUpdate"]>["errors"]): HttpError {
  const errors: Record<string, string> = {};
  const sentences: string[] = [];
  for (const { field, message, conflict } of problems) {
    const last = field.at(-1);
    const source = last === "reason" ? last : SOURCES.find((it) => INPUTS[it] === last);
    if (conflict) {
      const changed = conflict.changedFields.join(", ");
      sentences.push(`${conflict.by ?? "Somebody"} changed ${changed} meanwhile. Refresh, and look before you save again.`);
    } else if (source) {
      errors[source] = message;
    } else {
      sentences.push(message);
    }
  }
  return sentences.length > 0
    ? new HttpError(sentences.join(" "), 409)
    : new HttpError("The desk refuses the change.", 422, { errors });
}

const refuse = async () => {
  throw new HttpError("This client does not do that.", 405);
};

export const dataProvider = {
  ...provider,
  getManyReference: refuse,
  create: refuse,
  updateMany: refuse,
  delete: refuse,
  deleteMany: refuse,
  supportAbortSignal: true,
} as unknown as DataProvider;
