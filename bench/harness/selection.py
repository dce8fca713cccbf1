"""Selections of fields, and rows that can be compared whatever server they came from."""

import re
from datetime import UTC, datetime
from typing import Any

Row = dict[str, Any]

# Backdesk's words, in the order of the numbers that the tables have.
WORDS = {
    "status": ["IN_REVIEW", "LIVE", "INVALIDATED", "CANCELED"],
    "personType": ["NATURAL_PERSON", "LEGAL_ENTITY"],
    "kycStatus": ["NONE", "PENDING", "VALIDATED", "REFUSED"],
    "kycLevel": ["NONE", "LIGHT", "REGULAR", "STRONG"],
    "wallet.status": ["NOT_CONNECTED", "PENDING", "BLOCKED", "ACTIVATED"],
    "review.trigger": ["REQUESTED", "DATA_CHANGED", "DOCUMENT_EXPIRED", "PERIODIC", "PROVIDER", "MANUAL"],
    "review.state": [
        "WAITING",
        "INFORMATION_REQUESTED",
        "UNDER_INVESTIGATION",
        "VALIDATED",
        "REFUSED",
        "CLOSED",
    ],
}
INSTANT = re.compile(r"^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d+)?) ?(?:Z|UTC|\+00:00)$")


def selection(fields: list[str], paths: dict[str, str]) -> str:
    """The selection set of fields: those below the same object stand together."""
    own, inside = [], dict[str, list[str]]()
    for name in fields:
        head, _, tail = paths.get(name, name).partition(".")
        if tail:
            inside.setdefault(head, []).append(tail)
        else:
            own.append(head)
    return " ".join([*own, *(f"{head} {{ {' '.join(tails)} }}" for head, tails in inside.items())])


class Fields:
    """Reads the fields of a row by their paths."""

    def __init__(self, paths: dict[str, str]) -> None:
        self.paths = paths

    def row(self, fields: list[str], node: dict[str, Any]) -> Row:
        """The row."""
        return {name: plain(name, self._value(name, node)) for name in fields}

    def _value(self, name: str, node: Any) -> Any:
        for step in self.paths.get(name, name).split("."):
            node = node[step]
        return node


def plain(name: str, value: Any) -> Any:
    """A value, words as numbers and instants in one form."""
    if isinstance(value, str):
        if value in WORDS.get(name, []):
            return WORDS[name].index(value)
        if instant := INSTANT.match(value):
            day, time = instant.groups()
            return datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=UTC).isoformat(timespec="microseconds")
    return value


def related(
    fields: list[str], nodes: list[dict[str, Any]], kind: str, paths: dict[str, str] | None = None
) -> list[Row]:
    """Rows of a relation in the order they came in."""
    read = (paths or {}).get
    return [{name: plain(f"{kind}.{name}", node[read(name, name)]) for name in fields} for node in nodes]


def addresses_of(nodes: list[dict[str, Any]]) -> list[Row]:
    """Addresses, by kind."""
    return sorted(
        ({name: node[name] for name in ["kind", "line1", "postcode", "city", "country"]} for node in nodes),
        key=lambda row: row["kind"],
    )
