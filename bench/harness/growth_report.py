"""The growth report: Markdown with charts, from the numbers of one or several runs."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from harness.charts import Line, figure, lines
from harness.operations import OPERATIONS
from harness.report import table

KINDS = {"postgres": "PostgreSQL", "sqlite": "SQLite"}
# What stands in one chart, and its title.
CHARTS = {
    "growth-pages": ("Pages and files, p50 in ms", ["first", "filtered", "middle", "columns", "file"]),
    "growth-searches": (
        "Searches, p50 in ms",
        ["search_one", "search_few", "search_many", "search_two", "search_one_letter"],
    ),
    "growth-counts": (
        "Counts and facets, p50 in ms",
        ["count", "count_exact", "count_all", "facet", "facets", "facets_filtered"],
    ),
}
COLORS = ["#0b6e4f", "#3182bd", "#d95f8d", "#8c6bb1", "#e08214", "#777777"]

ABOUT = """\
Made by `bench/grow`; `bench/README.md` says how. Backdesk as it ships answers one request after the other, over databases with
ever more made-up users: PostgreSQL, and SQLite beside it. Latency is in milliseconds, at the client. CPU is processor time in
milliseconds a request, of the server and of all processes of PostgreSQL; SQLite works within the server. The last column is
the largest database by the smallest: what an index serves stays near 1."""


class Grown:
    """Figures by number of users and kind of database. Sizes that are not measured again keep what they had."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "growth.json"
        self.known: dict[str, Any] = {"machine": {}, "sizes": {}}
        if self.file.exists():
            self.known = json.loads(self.file.read_text())

    def describe(self, machine: dict[str, Any]) -> None:
        """Notes where it was measured."""
        self.known["machine"] = machine

    def add(self, users: int, kind: str, found: dict[str, Any]) -> None:
        """Notes the figures of a database."""
        self.known["sizes"].setdefault(str(users), {})[kind] = found
        self.folder.mkdir(exist_ok=True)
        self.file.write_text(json.dumps(self.known, indent=1) + "\n")

    def sizes(self, kind: str) -> list[int]:
        """The numbers of users that were measured."""
        return sorted(int(users) for users, kinds in self.known["sizes"].items() if kind in kinds)

    def of(self, users: int, kind: str) -> dict[str, Any]:
        """The figures of a database."""
        found: dict[str, Any] = self.known["sizes"][str(users)][kind]
        return found


def write(grown: Grown) -> None:
    """Writes the report and its charts."""
    machine = grown.known["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    parts = [
        "# Growth",
        ABOUT,
        f"{machine['cores']} cores ({machine['processor']}), {machine['memory_gib']} GiB, {machine['system']}. {versions}.",
    ]
    for kind, name in KINDS.items():
        if grown.sizes(kind):
            parts += [f"## {name}", *_kind(grown, kind)]
    parts += ["## Statements of each operation", _statements(grown), "## The program and its commands", _program(grown)]
    parts += ["## How it was measured", _runs(grown)]
    (grown.folder / "growth.md").write_text("\n\n".join(parts) + "\n")


def _kind(grown: Grown, kind: str) -> list[str]:
    parts = ["Latency, p50 / p99:", _latency(grown, kind), "CPU, server + database:", _processor(grown, kind)]
    for name, (title, keys) in CHARTS.items():
        title = f"{KINDS[kind]}: {title}"
        drawn = [
            Line(OPERATIONS[key].title, color, _points(grown, kind, key)) for key, color in zip(keys, COLORS, strict=False)
        ]
        path = grown.folder / f"{name}-{kind}.svg"
        path.write_text(lines(title, drawn))
        parts.append(f"![{title}]({path.name})")
    failures = [
        f"- {OPERATIONS[key].title}, {users:,} users: {found['error']}"
        for users in grown.sizes(kind)
        for key, found in grown.of(users, kind)["operations"].items()
        if found["error"]
    ]
    return [*parts, "Not answered:", "\n".join(failures)] if failures else parts


def _points(grown: Grown, kind: str, key: str) -> list[tuple[float, float]]:
    found = ((users, grown.of(users, kind)["operations"].get(key)) for users in grown.sizes(kind))
    return [(users, figures["p50"]) for users, figures in found if figures and not figures["error"]]


def _latency(grown: Grown, kind: str) -> str:
    return _operations(
        grown, kind, lambda found: f"{figure(found['p50'])} / {figure(found['p99'])}", lambda found: float(found["p50"])
    )


def _processor(grown: Grown, kind: str) -> str:
    def shown(found: dict[str, Any]) -> str:
        if kind == "sqlite":
            return figure(found["server_cpu"])
        return f"{figure(found['server_cpu'])} + {figure(found['database_cpu'])}"

    return _operations(grown, kind, shown, lambda found: float(found["server_cpu"] + found["database_cpu"]))


def _operations(
    grown: Grown, kind: str, shown: Callable[[dict[str, Any]], str], weight: Callable[[dict[str, Any]], float]
) -> str:
    """A table with a row for each operation, a column for each size, and how often the smallest goes into the largest."""
    sizes = grown.sizes(kind)
    rows = []
    for key, operation in OPERATIONS.items():
        found = [grown.of(users, kind)["operations"].get(key) for users in sizes]
        cells = ["–" if one is None else "no answer" if one["error"] else shown(one) for one in found]
        answered = [one for one in found if one and not one["error"]]
        ratio = weight(answered[-1]) / weight(answered[0]) if answered and weight(answered[0]) else 0.0
        rows.append([operation.title, *cells, figure(ratio) if len(answered) > 1 else "–"])
    return table(["", *(f"{users:,}" for users in sizes), "×"], rows)


def _statements(grown: Grown) -> str:
    kinds = [(kind, grown.sizes(kind)) for kind in KINDS if grown.sizes(kind)]
    rows = []
    for key, operation in OPERATIONS.items():
        cells = []
        for kind, sizes in kinds:
            found = [grown.of(users, kind)["operations"].get(key) for users in sizes]
            # now and then the program sends one of its own meanwhile
            counts = sorted(round(one["statements"]) for one in found if one and not one["error"])
            cells.append(" to ".join(dict.fromkeys(str(count) for count in [*counts[:1], *counts[-1:]])) or "–")
        rows.append([operation.title, *cells])
    said = "By the server's own count, whatever the number of users:"
    return f"{said}\n\n{table(['', *(KINDS[kind] for kind, _ in kinds)], rows)}"


def _program(grown: Grown) -> str:
    tables = []
    for kind, name in KINDS.items():
        sizes = grown.sizes(kind)
        if not sizes:
            continue
        every = [grown.of(users, kind) for users in sizes]
        rows = [
            ["database, MiB", *(_mib(one["database_bytes"]) for one in every)],
            ["start until ready, ms", *(figure(one["start_ms"]) for one in every)],
            ["memory, MiB: idle", *(_mib(one["memory"]["idle"]) for one in every)],
            ["memory: after all operations", *(_mib(one["memory"]["loaded"]) for one in every)],
            ["memory: at its largest", *(_mib(one["memory"]["peak"]) for one in every)],
        ]
        for command in ["seed", "dump", "import"]:
            spent = [one.get(command) for one in every]
            rows.append([f"`{command}`, s", *(figure(one["seconds"]) if one else "–" for one in spent)])
            rows.append([f"`{command}`, users/s", *(_rate(*pair) for pair in zip(sizes, spent, strict=True))])
            rows.append([f"`{command}`, memory at its largest, MiB", *(_mib(one["peak_bytes"]) if one else "–" for one in spent)])
        tables.append(table([name, *(f"{users:,}" for users in sizes)], rows))
    size = grown.known["machine"]["binary_bytes"] / 2**20
    return "\n\n".join([f"The program is one file of {size:.1f} MiB, GraphiQL left out.", *tables])


def _rate(users: int, spent: dict[str, Any] | None) -> str:
    return figure(users / spent["seconds"]) if spent else "–"


def _mib(size: float) -> str:
    return figure(size / 2**20)


def _runs(grown: Grown) -> str:
    rows = []
    for kind, name in KINDS.items():
        for users in grown.sizes(kind):
            how = grown.of(users, kind)["how"]
            rows.append([name, f"{users:,}", how["commit"], f"{how['when']} UTC", f"`{how['command']}`"])
    return table(["", "users", "commit", "when", "command"], rows)
