"""What the growth of is measured: operations of Backdesk, each with what is asked for, the same at every size."""

from collections.abc import Callable
from dataclasses import dataclass

from harness.cluster import Cluster
from harness.inputs import Inputs, backdesk_cursor
from harness.questions import COUNTRY, LIST, PAGE, Backdesk, Body, Variables
from harness.selection import selection
from harness.work import TREE

# The columns of a back office's list of all users, as tests/api/money.rs has them.
COLUMNS = """picture name { display } email phone preferredLanguage spokenLanguages timeZone status personType clientType
    fees { usesPlatformDefault } walletStatus taxPayer counters { askerBookings offererBookings listings }
    groups { key name } createdAt lastSignInAt reference active account { name }"""
FIELDS = selection(LIST, Backdesk.paths)
FACETS = ["STATUS", "COUNTRY", "KYC_STATUS", "PERSON_TYPE"]
VARIABLES = {"$where": "UserWhere", "$search": "String", "$after": "String"}
# More than anybody has.
ALL = 1_000_000_000
EACH = 50


@dataclass(frozen=True)
class Drawn:
    """What is asked for, of a database with so many users."""

    inputs: Inputs
    emails: list[str]
    names: list[str]
    # of the list that the page in the middle is of
    cursor: str

    def filters(self) -> list[Variables]:
        """Filters that 6 % of the users pass."""
        return [{"where": _where(since)} for since in self.inputs.dates[:EACH]]

    def searches(self, words: list[str]) -> list[Variables]:
        """Searches for these words."""
        return [{"search": word} for word in words[:EACH]]


@dataclass(frozen=True)
class Operation:
    """One of the operations."""

    title: str
    document: str
    asked: Callable[[Drawn], list[Variables]]

    def bodies(self, drawn: Drawn) -> list[Body]:
        """The requests."""
        document = " ".join(self.document.split())
        return [{"query": document, "variables": variables} for variables in self.asked(drawn)]


def _nothing(_: Drawn) -> list[Variables]:
    return [{}]


def _where(since: str) -> Variables:
    return {"status": {"eq": "LIVE"}, "country": {"eq": COUNTRY}, "createdAt": {"gte": since}}


def _users(arguments: str, selected: str) -> str:
    declared = ", ".join(f"{name}: {kind}" for name, kind in VARIABLES.items() if name in arguments)
    return f"query {f'({declared}) ' if declared else ''}{{ users({arguments}) {{ {selected} }} }}"


def _facets(by: list[str]) -> str:
    return f"facets(by: [{', '.join(by)}]) {{ buckets {{ key count }} }}"


_ROWS = f"nodes {{ {FIELDS} }}"
_SEARCH = f"search: $search, first: {PAGE}"
_FILTER = f"where: $where, first: {PAGE}"
_WHOLE_FILE = "\n".join(
    line
    for line in (TREE / "web" / "src" / "examples" / "userWholeFile.graphql").read_text().splitlines()
    if not line.lstrip().startswith("#")
)
OPERATIONS = {
    "first": Operation("first page of 50", _users(f"first: {PAGE}", _ROWS), _nothing),
    "filtered": Operation("first page of a filter that 6 % pass", _users(_FILTER, _ROWS), Drawn.filters),
    "middle": Operation(
        "page in the middle",
        _users(f"first: {PAGE}, after: $after", _ROWS),
        lambda drawn: [{"after": backdesk_cursor(drawn.cursor, at, id)} for at, id, _ in drawn.inputs.places[:EACH]],
    ),
    "columns": Operation("first page with all columns of a list", _users(f"first: {PAGE}", f"nodes {{ {COLUMNS} }}"), _nothing),
    "file": Operation("one whole file", _WHOLE_FILE, lambda drawn: [{"id": id} for id in drawn.inputs.ids[:EACH]]),
    "search_one": Operation(
        "search: one hit, an e-mail address", _users(_SEARCH, _ROWS), lambda drawn: drawn.searches(drawn.emails)
    ),
    "search_few": Operation(
        "search: few hits, 0.01 to 0.5 %", _users(_SEARCH, _ROWS), lambda drawn: drawn.searches(drawn.inputs.words)
    ),
    "search_many": Operation(
        "search: many hits, the most frequent names", _users(_SEARCH, _ROWS), lambda drawn: drawn.searches(drawn.names)
    ),
    "search_two": Operation(
        "search: two letters", _users(_SEARCH, _ROWS), lambda drawn: drawn.searches(["an", "er", "ma", "zo", "qu", "xy"])
    ),
    "search_one_letter": Operation(
        "search: one letter", _users(_SEARCH, _ROWS), lambda drawn: drawn.searches(["a", "e", "s", "z", "q", "x"])
    ),
    "count": Operation("count of a filter that 6 % pass, to 10,000", _users(_FILTER, "totalCount"), Drawn.filters),
    "count_exact": Operation(
        "count of that filter, to the end", _users(_FILTER, f"totalCount(limit: {ALL})"), Drawn.filters
    ),
    "count_all": Operation("count of all, to the end", _users("first: 1", f"totalCount(limit: {ALL})"), _nothing),
    "facet": Operation("one facet of all", _users("first: 1", _facets(FACETS[:1])), _nothing),
    "facets": Operation("four facets of all", _users("first: 1", _facets(FACETS)), _nothing),
    "facets_filtered": Operation(
        "four facets of a filter that 6 % pass", _users(_FILTER, _facets(FACETS)), Drawn.filters
    ),
}


def drawn(cluster: Cluster, database: str, inputs: Inputs, cursor: str) -> Drawn:
    """What is asked for, of a database."""
    emails = f"SELECT email_folded FROM users WHERE email IS NOT NULL ORDER BY md5(id::text) LIMIT {EACH}"
    names = "SELECT last_name_folded FROM users WHERE last_name IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 10"
    return Drawn(
        inputs,
        [row[0] for row in cluster.ask(database, emails)],
        [row[0] for row in cluster.ask(database, names)],
        cursor,
    )
