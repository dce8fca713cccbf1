"""How Backdesk does with so many users in a database: what each operation takes, one after the other, what starting and
memory cost, and a dump of the users with an import of it into an empty database."""

import http.client
import json
import os
import re
import subprocess
import time
import urllib.request
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

from harness import fill, processes, servers
from harness.answers import ask
from harness.cluster import Cluster
from harness.inputs import BACKDESK_SAMPLE, inputs
from harness.load import wrk
from harness.operations import OPERATIONS, Drawn, Operation, drawn
from harness.processes import spend
from harness.questions import Body
from harness.servers import Server
from harness.work import Failure, Work

# Not those of the servers that `bench/run` starts.
SERVER_PORT = 25_460
METRICS_PORT = SERVER_PORT + 1
STARTS = 5
# A turn is long enough for so many requests of those that take longest.
REQUESTS = 12
LONGEST = 60
# No statement is given up sooner.
PATIENCE = 2.0


@dataclass(frozen=True)
class Place:
    """A database with users, of one kind."""

    kind: str
    users: int
    # under which it was filled
    name: str
    url: str
    # of PostgreSQL, with the same users: made-up users are the same in every database
    database: str
    # of an embedded database
    file: Path | None = None


@dataclass(frozen=True)
class Figures:
    """What an operation takes: milliseconds, processor time in milliseconds a request, statements a request; or why it has
    no answer."""

    p50: float = 0.0
    p99: float = 0.0
    server_cpu: float = 0.0
    database_cpu: float = 0.0
    statements: float = 0.0
    error: str = ""


class Growth:
    """What all measurements need."""

    def __init__(self, work: Work, cluster: Cluster, seconds: float) -> None:
        self.work = work
        self.cluster = cluster
        self.seconds = seconds

    def places(self, users: int, *, embedded: bool) -> list[Place]:
        """The databases with so many users, filled."""
        database = fill.fill(self.work, self.cluster, users)
        found = [Place("postgres", users, database, self.cluster.url(database), database)]
        if embedded:
            name, file = fill.fill_sqlite(self.work, users)
            found.append(Place("sqlite", users, name, f"sqlite:{file}", database, file))
        return found

    def measured(self, place: Place, tell: Callable[[str, Figures], None]) -> dict[str, Any]:
        """All figures of a database, told as they come."""
        server = servers.server_at(self.work, place.url, "backdesk", SERVER_PORT)
        server = replace(server, env={**server.env, "BACKDESK_METRICS_LISTEN": f"127.0.0.1:{METRICS_PORT}"})
        starts = [_started_in(self.work, server) for _ in range(STARTS)]
        server.start(self.work, servers.answers)
        try:
            asked = self._drawn(place, server)
            operations = {}
            for key, operation in OPERATIONS.items():
                found = self._operation(place, server, operation, asked)
                tell(operation.title, found)
                operations[key] = asdict(found)
            pid = server.process.pid if server.process else 0
            memory = {
                "idle": server.idle_bytes,
                "loaded": server.resident_bytes(),
                "peak": processes.peak_bytes(pid),
            }
        finally:
            server.stop()
        seeded = fill.seeding(self.work, place.name)
        return {
            "operations": operations,
            "start_ms": median(starts),
            "memory": memory,
            "database_bytes": self._size(place),
            "seed": asdict(seeded) if seeded else None,
        }

    def _drawn(self, place: Place, server: Server) -> Drawn:
        found = inputs(self.work, self.cluster, place.database, place.users)
        cursor = ask(server, {"query": BACKDESK_SAMPLE})["users"]["pageInfo"]["endCursor"]
        return drawn(self.cluster, place.database, found, cursor)

    def _operation(self, place: Place, server: Server, operation: Operation, asked: Drawn) -> Figures:
        bodies = operation.bodies(asked)
        began = time.monotonic()
        try:
            slowest = _warmed(server, bodies, max(1.0, self.seconds / 4))
        except Failure as failure:
            # what is refused at once was asked wrongly
            if time.monotonic() - began < PATIENCE:
                raise
            return Figures(error=_reason(failure))
        path = self.work.folder("bodies", "growth") / "turn.jsonl"
        path.write_text("".join(json.dumps(body) + "\n" for body in bodies))
        self._settle(place)
        before = (server.processor_seconds(), self.cluster.processor_seconds(), _statements())
        seconds = min(LONGEST, max(self.seconds, REQUESTS * slowest))
        try:
            done = wrk(server, path, 1, seconds)
        except Failure as failure:
            return Figures(error=_reason(failure))
        after = (server.processor_seconds(), self.cluster.processor_seconds(), _statements())
        requests = max(1, done.requests)
        own, database, statements = ((now - then) / requests for then, now in zip(before, after, strict=True))
        of_database = 0.0 if place.file else database * 1000
        return Figures(done.p50, done.p99, own * 1000, of_database, statements)

    def _settle(self, place: Place) -> None:
        if place.file is None:
            self.cluster.settle(place.database)

    def _size(self, place: Place) -> int:
        if place.file is not None:
            return place.file.stat().st_size
        return int(self.cluster.ask(place.database, "SELECT pg_database_size(current_database())")[0][0])

    def moved(self, place: Place) -> dict[str, Any]:
        """What a dump takes, and an import of it into an empty database of the same kind."""
        program, folder = servers.backdesk_program(), self.work.folder("moved")
        file = folder / "users.jsonl"
        env = servers.backdesk_env(self.work, place.url)
        dump = spend([program, "dump", "--force", "--output", file], folder=folder, env=env)
        size = file.stat().st_size
        with self._empty(place) as url:
            taken = spend([program, "import", file], folder=folder, env=servers.backdesk_env(self.work, url))
        file.unlink()
        return {"dump": asdict(dump), "dump_bytes": size, "import": asdict(taken)}

    def _empty(self, place: Place) -> "_Empty":
        return _Empty(self, place.file is not None)


class _Empty:
    """An empty database, which leaving the `with` removes."""

    def __init__(self, growth: Growth, embedded: bool) -> None:
        self.cluster = growth.cluster
        self.file = growth.work.folder("sqlite", "empty") / "backdesk.db" if embedded else None

    def __enter__(self) -> str:
        if self.file is not None:
            fill.drop_sqlite(self.file)
            return f"sqlite:{self.file}"
        self._drop()
        self.cluster.ask("postgres", "CREATE DATABASE empty")
        return self.cluster.url("empty")

    def __exit__(self, *_: object) -> None:
        if self.file is not None:
            fill.drop_sqlite(self.file)
        else:
            self._drop()

    def _drop(self) -> None:
        self.cluster.ask("postgres", "DROP DATABASE IF EXISTS empty")


def _warmed(server: Server, bodies: list[Body], seconds: float) -> float:
    """Asks until so many seconds have passed, or everything was asked once; the seconds that the slowest answer took."""
    began, slowest = time.monotonic(), 0.0
    for body in bodies:
        asked = time.monotonic()
        ask(server, body)
        slowest = max(slowest, time.monotonic() - asked)
        if time.monotonic() - began > seconds:
            break
    return slowest


def _reason(failure: Failure) -> str:
    """The code of an answer that is an error, or all that is known."""
    found = re.search(r'"code": ?"(\w+)"', str(failure))
    return found.group(1) if found else str(failure)


def _statements() -> int:
    """The statements that the server has sent, by its metrics."""
    with urllib.request.urlopen(f"http://127.0.0.1:{METRICS_PORT}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    found = re.search(r"^backdesk_database_statement_seconds_count (\d+)", text, re.MULTILINE)
    if found is None:
        raise Failure("Backdesk's metrics are not what they were: see _statements in bench/harness/growth.py")
    return int(found.group(1))


def _started_in(work: Work, server: Server) -> float:
    """The milliseconds from starting the program until it says that it is ready."""
    log = work.folder("logs") / "start.log"
    began = time.monotonic()
    with log.open("wb") as out:
        process = subprocess.Popen(server.command, cwd=log.parent, env={**os.environ, **server.env}, stdout=out, stderr=out)
    server.process = process
    try:
        while time.monotonic() - began < 60:
            if _is_ready(server.port):
                return (time.monotonic() - began) * 1000
            if process.poll() is not None:
                break
            time.sleep(0.001)
    finally:
        server.stop()
    raise Failure(f"Backdesk does not start: see {log}")


def _is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except (ConnectionError, http.client.HTTPException):
        return False
    finally:
        connection.close()
