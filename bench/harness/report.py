"""The report: Markdown with charts, from the numbers."""

from harness.charts import Group, chart, figure
from harness.measure import DATABASE
from harness.questions import QUESTIONS
from harness.results import Results
from harness.servers import PEERS, POOL_SIZE

# The concurrency that the summary is of.
BUSY = 16
# What Backdesk is to be, of the best peer: the floor, and the goal. Of the bare server it is to be MEASURE.
FLOORS = {"Q1": 1.5, "Q2": 2.0, "Q3": 2.0, "Q4": 2.0, "Q5": 1.3, "Q6": 5.0, "Q7": 1.0}
GOALS = {"Q1": 3.0, "Q2": 3.0, "Q3": 3.0, "Q4": 3.0, "Q5": 2.0, "Q7": 1.5}
MEASURE = 0.8

ABOUT = f"""\
Made by `bench/run`; `bench/README.md` says what is asked, of whom, and how it is measured. Numbers are medians of the
rounds. They change from machine to machine; compare the ratios. CPU is processor time in milliseconds a request, of the
server and of all processes of the database apart: it varies less than throughput. Load generator, server and database
share the cores.

Backdesk runs as it ships (token, permit, account scope, limits, log; Q7 with version check and audit entry in the same
transaction), but for the rate limit, which is one person's. The others check nothing, and Q7 is a plain UPDATE there. All
have {POOL_SIZE} connections to the database. The database's own limit is the bare server's SQL by pgbench, prepared, a
connection for each client."""


def write(results: Results) -> None:
    """Writes the report and its charts."""
    parts = ["# Benchmark", ABOUT, _machine(results), "## At a glance", _summary(results), _memory(results)]
    for question in results.questions():
        parts += [f"## {question}: {QUESTIONS[question].title}", _how(results, question), _question(results, question)]
        if "backdesk" in results.servers(question):
            parts.append(_ratios(results, question))
    (results.folder / "report.md").write_text("\n\n".join(part for part in parts if part) + "\n")


def table(head: list[str], rows: list[list[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _machine(results: Results) -> str:
    machine = results.known["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    cores, memory = f"{machine['cores']} cores ({machine['processor']})", f"{machine['memory_gib']} GiB"
    return f"{cores}, {memory}, {machine['system']}. {versions}."


def _how(results: Results, question: str) -> str:
    how = results.how(question)
    return (
        f"{how['users']:,} users; {how['rounds']} rounds of {how['seconds']:g} s; commit {how['commit']}, "
        f"{how['when']} UTC: `{how['command']}`"
    )


def _ratio(own: float, other: float | None) -> str:
    return "–" if not other else f"{own / other:.2f}"


def _summary(results: Results) -> str:
    """Backdesk at one concurrency, beside the others."""
    rows = []
    for question in results.questions():
        if "backdesk" not in results.servers(question):
            continue
        own = results.medians(question, "backdesk", BUSY)
        best = results.best_peer(question, BUSY)
        peer = results.medians(question, best, BUSY) if best else None
        bare, limit = (_of(results, question, name, BUSY) for name in ["bare", DATABASE])
        floor, goal = FLOORS.get(question), GOALS.get(question)
        held = "–" if floor is None or peer is None else ("yes" if own["rate"] >= floor * peer["rate"] else "no")
        rows.append(
            [
                question,
                figure(own["rate"]),
                f"{figure(own['server_cpu'])} + {figure(own['database_cpu'])}",
                "–" if best is None or peer is None else f"{best} {figure(peer['rate'])}",
                _ratio(own["rate"], peer["rate"] if peer else None),
                "–" if peer is None else _ratio(peer["cpu"], own["cpu"]),
                "–" if floor is None else f"{floor:g}" + (f" / {goal:g}" if goal else ""),
                held,
                _ratio(own["rate"], bare["rate"] if bare else None),
                "–" if bare is None else _ratio(bare["cpu"], own["cpu"]),
                _ratio(own["rate"], limit["rate"] if limit else None),
            ]
        )
    head = ["", "Backdesk /s", "CPU server + database, ms", "best peer /s", "× best peer", "× its CPU", "floor / goal"]
    head += ["floor held", "× bare", "× its CPU", "× database"]
    groups = [_group(results, question, BUSY, ["rate"]) for question in results.questions()]
    cpu = [_group(results, question, BUSY, ["server_cpu", "database_cpu"]) for question in results.questions()]
    _draw(results, "throughput", f"Requests per second, {BUSY} connections (each question on its own scale)", groups)
    _draw(results, "cpu", f"CPU a request, ms, {BUSY} connections: server, and paler the database", cpu)
    return (
        f"{BUSY} connections. Ratios are Backdesk's throughput by the other's, and the other's processor time by "
        f"Backdesk's: more is better. Of the bare server it is to be {MEASURE:g}.\n\n"
        + table(head, rows)
        + "\n\n![Requests per second](throughput.svg)\n\n![CPU a request](cpu.svg)"
    )


def _of(results: Results, question: str, server: str, connections: int) -> dict[str, float] | None:
    known = server in results.servers(question)
    return results.medians(question, server, connections) if known else None


def _group(results: Results, question: str, connections: int, metrics: list[str], name: str = "") -> Group:
    """The servers' bars; the database answers so much more by itself that nothing else would be seen beside it."""
    bars = {}
    for server in results.servers(question):
        if server == DATABASE and metrics == ["rate"]:
            continue
        found = results.medians(question, server, connections)
        bars[server] = [found[metric] for metric in metrics]
    return Group(name or question, bars)


def _memory(results: Results) -> str:
    rows = [
        [server, f"{idle / 2**20:.0f}", f"{loaded / 2**20:.0f}"] for server, (idle, loaded) in results.memory().items()
    ]
    groups = [
        Group("idle", {server: [idle / 2**20] for server, (idle, _) in results.memory().items()}),
        Group("loaded", {server: [loaded / 2**20] for server, (_, loaded) in results.memory().items()}),
    ]
    _draw(results, "memory", "Resident memory, MiB", groups, each_on_its_own=False)
    shown = table(["memory, MiB", "idle", "under load"], rows)
    return f"{shown}\n\n![Memory](memory.svg)"


def _question(results: Results, question: str) -> str:
    rows = []
    for connections in results.connections(question):
        for server in results.servers(question):
            found = results.medians(question, server, connections)
            rows.append(
                [
                    str(connections),
                    f"**{server}**" if server == "backdesk" else server,
                    *(figure(found[metric]) for metric in ["rate", "p50", "p99", "server_cpu", "database_cpu"]),
                ]
            )
    groups = [_group(results, question, count, ["rate"], str(count)) for count in results.connections(question)]
    _draw(results, question, f"{question}: requests per second at so many connections", groups)
    head = ["connections", "", "requests/s", "p50 ms", "p99 ms", "CPU server, ms", "CPU database, ms"]
    return f"{table(head, rows)}\n\n![{question}]({question}.svg)"


def _ratios(results: Results, question: str) -> str:
    """Backdesk's ratios at each concurrency."""
    rows = []
    for connections in results.connections(question):
        own = results.medians(question, "backdesk", connections)
        best = results.best_peer(question, connections)
        for name in [best, "bare", DATABASE]:
            other = _of(results, question, name, connections) if name else None
            if name is None or other is None:
                continue
            rows.append(
                [
                    str(connections),
                    f"best peer: {name}" if name in PEERS else name,
                    _ratio(own["rate"], other["rate"]),
                    *(_ratio(other[metric], own[metric]) for metric in ["p50", "p99", "cpu", "database_cpu"]),
                ]
            )
    head = ["connections", "Backdesk by", "requests/s", "p50", "p99", "CPU", "CPU of the database"]
    return "More is better for Backdesk in every column.\n\n" + table(head, rows)


def _draw(results: Results, name: str, title: str, groups: list[Group], *, each_on_its_own: bool = True) -> None:
    (results.folder / f"{name}.svg").write_text(chart(title, groups, each_on_its_own=each_on_its_own))
