"""The questions in the words of the peers."""

from collections.abc import Callable
from typing import Any

from harness.questions import (
    ADDRESS,
    COUNTRY,
    FOUND,
    PAGE,
    REVIEW,
    STATUS,
    WALLET,
    Backdesk,
    Dialect,
    Input,
    Question,
    Variables,
)
from harness.selection import Row, addresses_of, related


def joined(fields: list[str]) -> str:
    """Fields as a selection."""
    return " ".join(fields)


class Bare(Dialect):
    """Plain SQL: a field of its own for each fixed statement."""

    relations = f" addresses {{ kind {joined(ADDRESS)} }} wallet {{ {joined(WALLET)} }} reviews {{ {joined(REVIEW)} }}"

    def document(self, question: Question) -> str:
        fields = self.fields(question)
        match question.key:
            case "Q1":
                return f"query One($id: UUID!) {{ user(id: $id) {{ {fields} }} }}"
            case "Q4":
                return f"""query After($createdAt: DateTime!, $id: UUID!) {{
                    usersAfter(createdAt: $createdAt, id: $id, first: {PAGE}) {{ nodes {{ {fields} }} }} }}"""
            case "Q5":
                return f"query Search($word: String!) {{ usersWith(word: $word, first: {FOUND}) {{ nodes {{ {fields} }} }} }}"
            case "Q7":
                return f"mutation SetPhone($id: UUID!, $phone: String!) {{ setPhone(id: $id, phone: $phone) {{ {fields} }} }}"
            case "Q2" | "Q3" | "Q6" | "Q6x":
                total = "totalCount" if question.has_total else ""
                return f"""query Newest($since: DateTime!) {{
                    users(status: {STATUS}, country: "{COUNTRY}", since: $since, first: {PAGE}) {{ nodes {{ {fields} }} {total} }} }}"""
            case key:
                raise NotImplementedError(key)

    def variables(self, question: Question, asked: Input) -> Variables:
        match question.key:
            case "Q1":
                return {"id": asked.id}
            case "Q4":
                return {"createdAt": asked.created_at, "id": asked.id}
            case "Q5":
                return {"word": asked.word}
            case "Q7":
                return {"id": asked.id, "phone": asked.phone}
            case "Q2" | "Q3" | "Q6" | "Q6x":
                return {"since": asked.since}
            case key:
                raise NotImplementedError(key)

    def relations_of(self, node: dict[str, Any]) -> Row:
        wallets = [node["wallet"]] if node["wallet"] else []
        return {
            "addresses": addresses_of(node["addresses"]),
            "wallets": related(WALLET, wallets, "wallet"),
            "reviews": related(REVIEW, node["reviews"], "review"),
        }


class Yoga(Bare):
    """One list with optional arguments."""

    relations = f" addresses {{ kind {joined(ADDRESS)} }} wallets {{ {joined(WALLET)} }} reviews {{ {joined(REVIEW)} }}"

    def document(self, question: Question) -> str:
        fields = self.fields(question)
        match question.key:
            case "Q4":
                return f"""query After($createdAt: String!, $id: ID!) {{
                    users(after: {{createdAt: $createdAt, id: $id}}, first: {PAGE}) {{ nodes {{ {fields} }} }} }}"""
            case "Q5":
                return (
                    f"query Search($word: String!) {{ users(word: $word, first: {FOUND}) {{ nodes {{ {fields} }} }} }}"
                )
            case _:
                return super().document(question).replace("UUID!", "ID!").replace("DateTime!", "String!")

    def relations_of(self, node: dict[str, Any]) -> Row:
        return super().relations_of({**node, "wallet": next(iter(node["wallets"]), None)})


class PostGraphile(Dialect):
    """PostGraphile: `id` is its own global id, the table's is `rowId`; the order is spelt out, or its index does not serve."""

    paths = {"id": "rowId"}
    newest = "orderBy: [CREATED_AT_DESC, ROW_ID_DESC]"
    relations = f""" userAddressesByUserId(filter: {{kind: {{lessThan: 3}}}}) {{ nodes {{ kind {joined(ADDRESS)} }} }}
        walletsByUserId(first: 1, orderBy: [OPENED_AT_DESC, ROW_ID_DESC]) {{ nodes {{ rowId {joined(WALLET[1:])} }} }}
        kycReviewsByUserId(first: 3, orderBy: [OPENED_AT_DESC, ROW_ID_DESC]) {{ nodes {{ rowId {joined(REVIEW[1:])} }} }}"""

    def __init__(self, cursor: Callable[[str, str], str]) -> None:
        super().__init__()
        self.cursor = cursor

    def document(self, question: Question) -> str:
        fields = self.fields(question)
        match question.key:
            case "Q1":
                return f"query One($id: UUID!) {{ userByRowId(rowId: $id) {{ {fields} }} }}"
            case "Q4":
                return f"""query After($after: Cursor!) {{
                    allUsers(first: {PAGE}, after: $after, {self.newest}) {{ nodes {{ {fields} }} }} }}"""
            case "Q5":
                return f"""query Search($word: String!) {{
                    allUsers(first: {FOUND}, filter: {{searchText: {{includes: $word}}}}, {self.newest}) {{ nodes {{ {fields} }} }} }}"""
            case "Q7":
                return f"""mutation SetPhone($id: UUID!, $phone: String!) {{
                    updateUserByRowId(input: {{rowId: $id, userPatch: {{phone: $phone}}}}) {{ user {{ {fields} }} }} }}"""
            case "Q2" | "Q3" | "Q6" | "Q6x":
                total = "totalCount" if question.has_total else ""
                where = f'status: {{equalTo: {STATUS}}}, country: {{equalTo: "{COUNTRY}"}}, createdAt: {{greaterThanOrEqualTo: $since}}'
                return f"""query Newest($since: Datetime!) {{
                    allUsers(first: {PAGE}, filter: {{{where}}}, {self.newest}) {{ nodes {{ {fields} }} {total} }} }}"""
            case key:
                raise NotImplementedError(key)

    def variables(self, question: Question, asked: Input) -> Variables:
        match question.key:
            case "Q1":
                return {"id": asked.id}
            case "Q4":
                return {"after": self.cursor(asked.created_at, asked.id)}
            case "Q5":
                return {"word": asked.word}
            case "Q7":
                return {"id": asked.id, "phone": asked.phone}
            case "Q2" | "Q3" | "Q6" | "Q6x":
                return {"since": asked.since}
            case key:
                raise NotImplementedError(key)

    def single(self, question: Question, found: Any) -> Any:
        return found["user"] if question.key == "Q7" else found

    def relations_of(self, node: dict[str, Any]) -> Row:
        return {
            "addresses": addresses_of(node["userAddressesByUserId"]["nodes"]),
            "wallets": related(WALLET, node["walletsByUserId"]["nodes"], "wallet", self.paths),
            "reviews": related(REVIEW, node["kycReviewsByUserId"]["nodes"], "review", self.paths),
        }


class Seaography(Dialect):
    """Seaography: its cursors go by primary key alone, so that a place in another order is an offset."""

    newest = "orderBy: {createdAt: DESC, id: DESC}"
    relations = f""" userAddresses(filters: {{kind: {{lt: 3}}}}) {{ nodes {{ kind {joined(ADDRESS)} }} }}
        wallets(orderBy: {{openedAt: DESC, id: DESC}}, pagination: {{offset: {{limit: 1, offset: 0}}}}) {{ nodes {{ {joined(WALLET)} }} }}
        kycReviews(orderBy: {{openedAt: DESC, id: DESC}}, pagination: {{offset: {{limit: 3, offset: 0}}}}) {{ nodes {{ {joined(REVIEW)} }} }}"""

    def document(self, question: Question) -> str:
        fields = self.fields(question)
        match question.key:
            case "Q1":
                return f"query One($id: String!) {{ users(filters: {{id: {{eq: $id}}}}) {{ nodes {{ {fields} }} }} }}"
            case "Q4":
                return f"""query After($offset: Int!) {{
                    users({self.newest}, pagination: {{offset: {{limit: {PAGE}, offset: $offset}}}}) {{ nodes {{ {fields} }} }} }}"""
            case "Q5":
                where, page, variable = "searchText: {contains: $word}", FOUND, "$word: String!"
            case "Q7":
                return f"""mutation SetPhone($id: String!, $phone: String!) {{
                    usersUpdate(data: {{phone: $phone}}, filter: {{id: {{eq: $id}}}}) {{ {fields} }} }}"""
            case "Q2" | "Q3" | "Q6" | "Q6x":
                where = f'status: {{eq: {STATUS}}}, country: {{eq: "{COUNTRY}"}}, createdAt: {{gte: $since}}'
                page, variable = PAGE, "$since: String!"
            case key:
                raise NotImplementedError(key)
        total = "paginationInfo { total }" if question.has_total else ""
        return f"""query Newest({variable}) {{
            users(filters: {{{where}}}, {self.newest}, pagination: {{offset: {{limit: {page}, offset: 0}}}}) {{ nodes {{ {fields} }} {total} }} }}"""

    def variables(self, question: Question, asked: Input) -> Variables:
        match question.key:
            case "Q1":
                return {"id": asked.id}
            case "Q4":
                return {"offset": asked.offset}
            case "Q5":
                return {"word": asked.word}
            case "Q7":
                return {"id": asked.id, "phone": asked.phone}
            case "Q2" | "Q3" | "Q6" | "Q6x":
                return {"since": asked.since}
            case key:
                raise NotImplementedError(key)

    def single(self, question: Question, found: Any) -> Any:
        rows = found if question.key == "Q7" else found["nodes"]
        return rows[0]

    def total(self, data: dict[str, Any]) -> int:
        return int(next(iter(data.values()))["paginationInfo"]["total"])

    def relations_of(self, node: dict[str, Any]) -> Row:
        return {
            "addresses": addresses_of(node["userAddresses"]["nodes"]),
            "wallets": related(WALLET, node["wallets"]["nodes"], "wallet"),
            "reviews": related(REVIEW, node["kycReviews"]["nodes"], "review"),
        }


def dialect(name: str, cursor: Callable[[str, str], str]) -> Dialect:
    """The words of a server; `cursor` makes one of its cursors of an instant and an id."""
    match name:
        case "backdesk":
            return Backdesk(cursor)
        case "postgraphile":
            return PostGraphile(cursor)
        case "seaography":
            return Seaography()
        case "yoga":
            return Yoga()
        case _:
            return Bare()
