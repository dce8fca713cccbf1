// The schema: tables as they are, with the questions that the benchmark asks.

export const typeDefs = /* GraphQL */ `
  type User {
    id: ID!
    reference: String!
    createdAt: String!
    lastSignInAt: String
    personType: Int!
    status: Int!
    frozen: Boolean!
    firstName: String
    lastName: String
    country: String
    email: String
    phone: String
    preferredLanguage: String
    kycStatus: Int!
    kycLevel: Int!
    addresses: [Address!]!
    wallets: [Wallet!]!
    reviews: [Review!]!
  }

  type Address {
    kind: Int!
    line1: String
    postcode: String
    city: String
    country: String
  }

  type Wallet {
    id: ID!
    status: Int!
    provider: String!
    currency: String!
    openedAt: String!
  }

  type Review {
    id: ID!
    trigger: Int!
    state: Int!
    openedAt: String!
    decidedAt: String
  }

  type Users {
    nodes: [User!]!
    totalCount: Int!
  }

  input Place {
    createdAt: String!
    id: ID!
  }

  type Query {
    user(id: ID!): User
    users(status: Int, country: String, since: String, word: String, after: Place, first: Int! = 25): Users!
  }

  type Mutation {
    setPhone(id: ID!, phone: String!): User
  }
`;
