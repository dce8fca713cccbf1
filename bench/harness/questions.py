"""The questions, in every server's own words. The fields that are selected, and the rows that answer, are the same."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from harness.selection import Fields, Row, addresses_of, related, selection

Body = dict[str, Any]
Variables = dict[str, Any]

LIST = (
    "id reference createdAt lastSignInAt personType status frozen firstName lastName country email phone "
    "preferredLanguage kycStatus kycLevel"
).split()
ONE = "id reference createdAt lastSignInAt personType status firstName lastName country email phone kycStatus".split()
ADDRESS = "line1 postcode city country".split()
WALLET = "id status provider currency openedAt".split()
REVIEW = "id trigger state openedAt decidedAt".split()

STATUS, COUNTRY = 1, "FR"
PAGE, FOUND = 50, 20


@dataclass(frozen=True)
class Input:
    """What is asked for this time; each question takes what it needs."""

    id: str = ""
    since: str = ""
    created_at: str = ""
    offset: int = 0
    word: str = ""
    phone: str = ""
    version: int = 0


@dataclass(frozen=True)
class Question:
    """One of the questions."""

    key: str
    title: str
    fields: list[str]
    has_relations: bool = False
    has_total: bool = False
    # a list's rows, and nothing else, or a single row
    is_list: bool = True


QUESTIONS = {
    question.key: question
    for question in [
        Question("Q1", "one user by id, 12 fields", ONE, is_list=False),
        Question("Q2", "50 of status LIVE, country FR, created since a date, newest first, 15 fields", LIST),
        Question("Q3", "Q2 with addresses, the newest wallet, the latest three KYC reviews", LIST, has_relations=True),
        Question("Q4", "the 50 behind a row in the middle of the whole list, newest first", LIST),
        Question("Q5", "the first 20 whose names or e-mail address contain a word, newest first", LIST),
        Question("Q6", "Q2 with the total of the filter; Backdesk counts to 10,000", LIST, has_total=True),
        Question("Q6x", "Q6; Backdesk counts to the end, as the others do", LIST, has_total=True),
        Question("Q7", "change one user's phone number", ["id", "phone"], is_list=False),
    ]
}


class Dialect:
    """A server's words for the questions."""

    # a field of ours -> the path to it in the server's own type
    paths: dict[str, str] = {}
    # where documents stand that one of the relations needs besides
    relations = ""

    def __init__(self) -> None:
        self._documents: dict[str, str] = {}

    def body(self, question: Question, asked: Input) -> Body:
        """The request."""
        if question.key not in self._documents:
            self._documents[question.key] = " ".join(self.document(question).split())
        return {"query": self._documents[question.key], "variables": self.variables(question, asked)}

    def document(self, question: Question) -> str:
        """The GraphQL document."""
        raise NotImplementedError

    def variables(self, question: Question, asked: Input) -> Variables:
        """Its variables."""
        raise NotImplementedError

    def rows(self, question: Question, data: dict[str, Any]) -> list[Row]:
        """The rows of an answer, as every server's are compared."""
        found = next(iter(data.values()))
        nodes = found["nodes"] if question.is_list else [self.single(question, found)]
        return [self._row(question, node) for node in nodes]

    def single(self, question: Question, found: Any) -> Any:
        """The user in the answer to a question about one."""
        return found

    def total(self, data: dict[str, Any]) -> int:
        """The total in an answer."""
        return int(next(iter(data.values()))["totalCount"])

    def _row(self, question: Question, node: dict[str, Any]) -> Row:
        row = Fields(self.paths).row(question.fields, node)
        if question.has_relations:
            row |= self.relations_of(node)
        return row

    def relations_of(self, node: dict[str, Any]) -> Row:
        """What belongs to a user, as every server's is compared."""
        raise NotImplementedError

    def fields(self, question: Question) -> str:
        """The selection of a user."""
        return selection(question.fields, self.paths) + (self.relations if question.has_relations else "")


class Backdesk(Dialect):
    """Backdesk: names and KYC are objects, addresses have fields of their own."""

    paths = {
        "firstName": "name.first",
        "lastName": "name.last",
        "country": "countryOfResidence",
        "kycStatus": "kyc.status",
        "kycLevel": "kyc.level",
    }
    kinds = ["postalAddress", "secondaryAddress", "locationAddress"]

    def __init__(self, cursor: Callable[[str, str], str]) -> None:
        super().__init__()
        self.cursor = cursor

    def fields(self, question: Question) -> str:
        if not question.has_relations:
            return super().fields(question)
        # one object `kyc` has the user's fields and the reviews
        reviews = (
            f"reviews(first: 3, orderBy: [{{field: OPENED_AT, direction: DESC}}]) {{ nodes {{ {' '.join(REVIEW)} }} }}"
        )
        own = selection(question.fields, self.paths).replace("kyc {", f"kyc {{ {reviews} ")
        addresses = " ".join(f"{kind} {{ {' '.join(ADDRESS)} }}" for kind in self.kinds)
        return f"{own} {addresses} wallets(first: 1) {{ nodes {{ {' '.join(WALLET)} }} }}"

    def document(self, question: Question) -> str:
        fields = self.fields(question)
        match question.key:
            case "Q1":
                return f"query One($id: ID!) {{ user(by: {{id: $id}}) {{ {fields} }} }}"
            case "Q4":
                return (
                    f"query After($after: String!) {{ users(first: {PAGE}, after: $after) {{ nodes {{ {fields} }} }} }}"
                )
            case "Q5":
                return f"query Search($word: String!) {{ users(search: $word, first: {FOUND}) {{ nodes {{ {fields} }} }} }}"
            case "Q7":
                return f"""mutation SetPhone($id: ID!, $input: UserContactInput!, $options: MutationOptions) {{
                    userUpdateContact(id: $id, input: $input, options: $options) {{ user {{ {fields} }} errors {{ code }} }} }}"""
            case "Q2" | "Q3" | "Q6" | "Q6x":
                total = {"Q6": "totalCount", "Q6x": "totalCount(limit: 1000000000)"}.get(question.key, "")
                return f"query Newest($where: UserWhere) {{ users(where: $where, first: {PAGE}) {{ nodes {{ {fields} }} {total} }} }}"
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
                return {"id": asked.id, "input": {"phone": asked.phone}, "options": {"ifVersion": asked.version}}
            case "Q2" | "Q3" | "Q6" | "Q6x":
                where = {"status": {"eq": "LIVE"}, "country": {"eq": COUNTRY}, "createdAt": {"gte": asked.since}}
                return {"where": where}
            case key:
                raise NotImplementedError(key)

    def single(self, question: Question, found: Any) -> Any:
        return found["user"] if question.key == "Q7" else found

    def relations_of(self, node: dict[str, Any]) -> Row:
        addresses = [{"kind": kind, **node[name]} for kind, name in enumerate(self.kinds) if node[name]]
        return {
            "addresses": addresses_of(addresses),
            "wallets": related(WALLET, node["wallets"]["nodes"], "wallet"),
            "reviews": related(REVIEW, node["kyc"]["reviews"]["nodes"], "review"),
        }
