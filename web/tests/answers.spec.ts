// GraphiQL's examples, answered by the program: each with variables whose ids are found by asking first, or made.

import { readdirSync, readFileSync } from "node:fs";

import { type Desk, expect, test } from "./desk";

const folder = new URL("../src/examples/", import.meta.url);
const read = (name: string) => readFileSync(new URL(name, folder), "utf8");
const files = readdirSync(folder);

/** Acts on a user as the administrator, and fails on problems. */
const act = async (desk: Desk, mutation: string, input: string, variables: object, answer: string) => {
  const document = `mutation ($id: ID!, $input: ${input}!) { part: ${mutation}(id: $id, input: $input) { errors { message } ${answer} } }`;
  const { part } = await desk.ask(desk.tokens.admin, document, variables);
  expect(part.errors, mutation).toEqual([]);
  return part;
};

/** Announces a file of the user and sends it: the id to confirm it by. */
const send = async (desk: Desk, id: string, mutation: string, input: object, bytes: string) => {
  const type = `${mutation === "documentUpload" ? "Document" : "Picture"}UploadInput`;
  const body = Buffer.from(bytes, "latin1");
  const announced = { ...input, size: body.length };
  const part = await act(desk, mutation, type, { id, input: announced }, "documentId upload { url headers { name value } }");
  const headers = part.upload.headers.map(({ name, value }: { name: string; value: string }) => [name, value]);
  const sent = await fetch(new URL(part.upload.url, desk.origin), { method: "PUT", body, headers });
  expect(sent.status).toBe(204);
  return part.documentId as string;
};

/** Has the user reviewed by the administrator: the id of the review. */
const reviewOf = async (desk: Desk, id: string) => {
  const opened = "user { kyc { current { id } } }";
  const { user } = await act(desk, "kycRequestReview", "KycRequestInput", { id, input: {} }, opened);
  const input = { reviewId: user.kyc.current.id };
  await act(desk, "kycClaim", "KycReviewInput", { id, input }, "");
  return input.reviewId as string;
};

/** What stands in variables for an id, and an id: found by asking, or made. The examples are about an account, too: FR. */
const known = async (desk: Desk): Promise<Record<string, string>> => {
  const ask = (query: string, variables = {}) => desk.ask(desk.tokens.admin, query, variables);
  const found = await ask(`{
    shared: users(first: 1, where: { account: { eq: "FR" }, status: { ne: CANCELED }, documents: { state: SHARED } }) { nodes {
      id account { code } documents(where: { state: { eq: SHARED } }) { nodes { id } }
    } }
    categories { id }
    hosts: users(first: 100, where: { status: { ne: CANCELED } }) { nodes { id guests { id } parties { user { id } kind } } }
  }`);
  const [somebody] = found.shared.nodes;
  const { others, mine } = await ask(
    `query ($id: ID!, $account: String!) {
      others: users(first: 1, where: {
        account: { eq: $account }, personType: { eq: LEGAL_ENTITY }, status: { ne: CANCELED }, id: { ne: $id }
      }) { nodes { id } }
      mine: user(by: { id: $id }) { wallets { nodes { id } } }
    }`,
    { id: somebody.id, account: somebody.account.code },
  );
  const host = found.hosts.nodes.find((user: any) => user.guests.length > 0);
  const isPartner = (party: any) => party.kind === "PARTNER";
  const partnered = found.hosts.nodes.find((user: any) => user.parties.some(isPartner));

  const pdf = { kind: "OTHER", name: "letter.pdf", contentType: "application/pdf" };
  const png = { name: "face.png", contentType: "image/png" };
  await act(desk, "userAddComment", "CommentInput", { id: somebody.id, input: { body: "Called." } }, "");
  const review = await reviewOf(desk, somebody.id);
  const { user } = await ask("query ($id: ID!) { user(by: { id: $id }) { comments(first: 1) { nodes { id } } } }", {
    id: somebody.id,
  });
  const person = (name: string) =>
    `input: { userName: "${name}", email: "${name}@example.com", roles: [{ role: "support" }], accounts: [{ account: "*" }] }`;
  const made = await ask(`mutation {
    invited: staffCreate(${person("invited")}) { staffMember { id } }
    left: staffCreate(${person("left")}) { staffMember { id } }
    defined: roleCreate(input: { key: "lookers", name: "Lookers", permissions: [USER_READ] }) { role { id } }
  }`);
  const left = made.left.staffMember.id;
  await ask("mutation ($id: ID!) { staffDeactivate(id: $id) { errors { code } } }", { id: left });
  const { staff } = await ask('{ staff(where: { state: { eq: ACTIVE }, role: { eq: "support" } }) { nodes { id } } }');
  return {
    "ID OF A STAFF MEMBER": made.invited.staffMember.id,
    "ID OF AN ACTIVE STAFF MEMBER": staff.nodes[0].id,
    "ID OF A DEACTIVATED STAFF MEMBER": left,
    "ID OF A ROLE": made.defined.role.id,
    "ID OF A USER": somebody.id,
    "ID OF A COMPANY": others.nodes[0].id,
    "ID OF A CATEGORY": found.categories[0].id,
    "ID OF A USER WITH GUESTS": host.id,
    "ID OF A GUEST": host.guests[0].id,
    "ID OF A USER WITH PARTNERS": partnered.id,
    "ID OF A PARTNER": partnered.parties.find(isPartner).user.id,
    "ID OF A WALLET": mine.wallets.nodes[0].id,
    "ID OF A SHARED DOCUMENT": somebody.documents.nodes[0].id,
    "ID OF A SENT FILE": await send(desk, somebody.id, "documentUpload", pdf, "%PDF-1.4 a letter"),
    "ID OF A SENT PICTURE": await send(desk, somebody.id, "userUploadPicture", png, "\x89PNG\r\n\x1a\n a face"),
    "ID OF YOUR COMMENT": user.comments.nodes[0].id,
    "ID OF AN OPEN REVIEW": review,
    "ID OF YOUR REVIEW": review,
  };
};

test("every example is answered without an error", async ({ desk }) => {
  const ids = await known(desk);
  const used = new Set<string>();
  for (const file of files.filter((file) => file.endsWith(".graphql"))) {
    const json = file.replace(".graphql", ".json");
    let variables = files.includes(json) ? read(json) : "{}";
    // In the batch of another system the id stands within names, too.
    for (const sign of variables.match(/ID OF (AN?|YOUR) [A-Z ]+/g) ?? []) {
      expect(Object.keys(ids), `${json} names something that this test finds`).toContain(sign);
      used.add(sign);
    }
    const longest = Object.keys(ids).sort((one, other) => other.length - one.length);
    for (const sign of longest) variables = variables.replaceAll(sign, ids[sign] as string);
    const data = await desk.ask(desk.tokens.admin, read(file), JSON.parse(variables));
    for (const [name, part] of Object.entries<any>(data)) {
      const problems = (it: any) => (it?.errors ?? []).map(({ message }: { message: string }) => message);
      expect([part, ...(part?.results ?? [])].flatMap(problems), file).toEqual([]);
      expect(part, `${file} shows ${name}`).not.toBeNull();
      expect(part?.validatedOnly ?? true, `${file} only shows what it would do`).toBe(true);
      expect(part?.nodes?.length ?? 1, `${file} has something to show`).toBeGreaterThan(0);
    }
  }
  expect([...used].sort(), "nothing is found in vain").toEqual(Object.keys(ids).sort());
});
