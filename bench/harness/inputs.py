"""What is asked for: ids, dates, places and words, drawn from the database the same way every time, and kept."""

import base64
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from harness.cluster import Cluster
from harness.questions import Input, Question
from harness.work import Failure, Work

# The newest made-up user came before this.
END = datetime(2026, 11, 1, tzinfo=UTC)
# A quarter of the five years: of a million users, 60,000 are LIVE, in FR and came since.
SINCE = END - timedelta(days=456)
DATES = 500
PLACES = 100
IDS = 12_500
WORDS = 60
# Hits of a word, in a million users.
HITS = (100, 5_000)
INSTANT = """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


@dataclass(frozen=True)
class Inputs:
    """Ids of users who are LIVE, instants, places in the list (instant, id, row), and words."""

    ids: list[str]
    dates: list[str]
    places: list[tuple[str, str, int]]
    words: list[str]

    def asked(self, question: Question) -> Iterator[Input]:
        """All inputs of a question."""
        match question.key:
            case "Q1" | "Q7":
                return (Input(id=id) for id in self.ids)
            case "Q4":
                return (Input(created_at=at, id=id, offset=row) for at, id, row in self.places)
            case "Q5":
                return (Input(word=word) for word in self.words)
            case "Q2" | "Q3" | "Q6" | "Q6x":
                return (Input(since=since) for since in self.dates)
            case key:
                raise NotImplementedError(key)


def inputs(work: Work, cluster: Cluster, database: str, users: int) -> Inputs:
    """The inputs for a database; the first time they are looked for."""
    path = work.folder("inputs") / f"{database}.json"
    if not path.exists():
        print("Drawing inputs …", flush=True)
        path.write_text(json.dumps(asdict(_draw(cluster, database, users))))
    known = json.loads(path.read_text())
    return Inputs(known["ids"], known["dates"], [(at, id, row) for at, id, row in known["places"]], known["words"])


def _draw(cluster: Cluster, database: str, users: int) -> Inputs:
    ids = f"SELECT id FROM users WHERE status = 1 ORDER BY md5(id::text) LIMIT {min(IDS, users // 2)}"
    middle = users // 2
    created = INSTANT.format("created_at")
    places = f"""SELECT {created}, id, place FROM (
            SELECT created_at, id, row_number() OVER (ORDER BY created_at DESC, id DESC) AS place FROM users
        ) AS rows WHERE place % 50 = 0 AND place > {middle} ORDER BY place LIMIT {PLACES}"""
    found = Inputs(
        ids=[row[0] for row in cluster.ask(database, ids)],
        dates=[(SINCE - timedelta(minutes=place)).strftime("%Y-%m-%dT%H:%M:%SZ") for place in range(DATES)],
        places=[(row[0], row[1], int(row[2])) for row in cluster.ask(database, places)],
        words=_words(cluster, database, users),
    )
    if not (found.ids and found.places and found.words):
        raise Failure(f"{users} users are too few to find ids, places and words among: take at least 1000")
    return found


def _words(cluster: Cluster, database: str, users: int) -> list[str]:
    """Names that so many users have."""
    fewest, most = (max(1, hits * users // 1_000_000) for hits in HITS)
    words = f"""
        WITH words AS (
            SELECT DISTINCT word FROM users, LATERAL (VALUES (first_name_folded), (last_name_folded)) AS names (word)
            WHERE word ~ '^[a-z]{{4,}}$'
        )
        SELECT word FROM words WHERE (
            SELECT count(*) FROM users WHERE search_text LIKE '%' || word || '%'
        ) BETWEEN {fewest} AND {most}
        ORDER BY md5(word) LIMIT {WORDS}"""
    return [row[0] for row in cluster.ask(database, words)]


def versions(cluster: Cluster, database: str, ids: list[str]) -> dict[str, int]:
    """The versions of users, as they are now."""
    rows = cluster.ask(database, f"SELECT id, version FROM users WHERE id = ANY ('{{{','.join(ids)}}}')")
    return {row[0]: int(row[1]) for row in rows}


# What gives a cursor of the list that Q4 reads, in Backdesk's words and in PostGraphile's.
BACKDESK_SAMPLE = "{ users(first: 1) { pageInfo { endCursor } } }"
POSTGRAPHILE_SAMPLE = "{ allUsers(first: 1, orderBy: [CREATED_AT_DESC, ROW_ID_DESC]) { pageInfo { endCursor } } }"


def backdesk_cursor(sample: str, created_at: str, id: str) -> str:
    """A cursor of Backdesk at any place of the list that a sample is of: reading on to the middle of a million users
    would take minutes. Clients must not do this; a new format of cursors changes this function."""
    version, list_, values, _, now = json.loads(base64.urlsafe_b64decode(sample + "=" * (-len(sample) % 4)))
    micros = (datetime.fromisoformat(created_at) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    if [*values[0]] != ["i"]:
        raise Failure("Backdesk's cursors are not what they were: see backdesk_cursor in bench/harness/inputs.py")
    return _base64([version, list_, [{"i": micros}], id, now]).rstrip("=")


def postgraphile_cursor(sample: str, created_at: str, id: str) -> str:
    """A cursor of PostGraphile, likewise."""
    order, *values = json.loads(base64.b64decode(sample))
    if len(values) != 2:
        raise Failure(
            "PostGraphile's cursors are not what they were: see postgraphile_cursor in bench/harness/inputs.py"
        )
    return _base64([order, created_at, id])


def _base64(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).decode()
