"""The measurement: turns of load, server after server, round after round."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from harness import limit
from harness.cluster import Cluster
from harness.inputs import Inputs, versions
from harness.load import Load, pgbench, wrk
from harness.questions import Dialect, Input, Question
from harness.servers import Server
from harness.work import Work

CONNECTIONS = [1, 16, 64]
# What the turns of pgbench are called, among the servers.
DATABASE = "database"
# Seconds of a turn at most: one in which not every connection had an answer is done again, four times as long.
LONGEST = 32
# How often the users of Q7 are changed in one turn at most: each time Backdesk is told the version that it is of by then.
CYCLES = 4


@dataclass(frozen=True)
class Turn:
    """One turn: who, at how many connections, in which round, and what came of it. Processor times are milliseconds for
    a request; memory is what the server has when its turn ends."""

    server: str
    connections: int
    round: int
    requests: int
    rate: float
    p50: float
    p99: float
    server_cpu: float
    database_cpu: float
    resident: int


class Measurement:
    """What all turns need."""

    def __init__(
        self,
        work: Work,
        cluster: Cluster,
        database: str,
        dialects: dict[str, tuple[Server, Dialect]],
        inputs: Inputs,
        seconds: float,
    ) -> None:
        self.work = work
        self.cluster = cluster
        self.database = database
        self.dialects = dialects
        self.inputs = inputs
        self.seconds = seconds
        self.warming = max(1.0, seconds / 4)
        # how long a turn has to be, by question, server and connections
        self.lasts: dict[tuple[str, str, int], float] = {}

    def rounds(self, question: Question, rounds: int) -> Iterator[Turn]:
        """All turns of a question: within a round one server after the other, each round another one first."""
        scripts = limit.scripts(self.work, self.cluster, self.database, self.inputs, question)
        everybody = [*self.dialects, DATABASE]
        for number in range(rounds):
            first = number % len(everybody)
            self.cluster.ask(self.database, "CHECKPOINT")
            for connections in CONNECTIONS:
                for name in [*everybody[first:], *everybody[:first]]:
                    yield self._long_enough(question, scripts, name, connections, number)

    def _long_enough(self, question: Question, scripts: list[Path], name: str, connections: int, number: int) -> Turn:
        key = (question.key, name, connections)
        seconds = self.lasts.get(key, self.seconds)
        while True:
            if name == DATABASE:
                turn = self._database_turn(scripts, connections, number, seconds)
            else:
                turn = self._server_turn(question, name, connections, number, seconds)
            # slower than that is not measured more exactly
            if turn.requests >= connections or seconds >= LONGEST:
                break
            seconds = min(seconds * 4, LONGEST)
        self.lasts[key] = seconds
        if turn.requests == 0:
            # it answered when it was asked alone: it takes longer than anybody waits here
            return replace(turn, p50=seconds * 1000, p99=seconds * 1000)
        return turn

    def _database_turn(self, scripts: list[Path], connections: int, number: int, seconds: float) -> Turn:
        def run(seconds: float) -> Load:
            return pgbench(self.work, self.cluster.url(self.database), scripts, connections, seconds)

        return self._turn(DATABASE, connections, number, None, lambda: run(self.warming), lambda: run(seconds))

    def _server_turn(self, question: Question, name: str, connections: int, number: int, seconds: float) -> Turn:
        server, words = self.dialects[name]
        warming, bodies = self._bodies(question, name, words)

        def run(requests: Path, seconds: float) -> Load:
            return wrk(server, requests, connections, seconds)

        return self._turn(
            name, connections, number, server, lambda: run(warming, self.warming), lambda: run(bodies, seconds)
        )

    def _turn(
        self,
        name: str,
        connections: int,
        number: int,
        server: Server | None,
        warm_up: Callable[[], object],
        measured: Callable[[], Load],
    ) -> Turn:
        self.cluster.settle(self.database)
        warm_up()
        self.cluster.settle(self.database)
        own = server.processor_seconds() if server else 0.0
        of_database = self.cluster.processor_seconds()
        done = measured()
        own = (server.processor_seconds() if server else 0.0) - own
        of_database = self.cluster.processor_seconds() - of_database
        each = 1000 / max(1, done.requests)
        return Turn(
            server=name,
            connections=connections,
            round=number,
            requests=done.requests,
            rate=done.requests / done.seconds,
            p50=done.p50,
            p99=done.p99,
            server_cpu=own * each,
            database_cpu=of_database * each,
            resident=server.resident_bytes() if server else 0,
        )

    def _bodies(self, question: Question, name: str, words: Dialect) -> tuple[Path, Path]:
        """The files with the requests of the warm-up and of the turn."""
        folder = self.work.folder("bodies", self.database)
        warming, bodies = folder / f"{question.key}-{name}-warming.jsonl", folder / f"{question.key}-{name}.jsonl"
        asked = list(self.inputs.asked(question))
        if question.key == "Q7":
            known = versions(self.cluster, self.database, self.inputs.ids)
            # others than those of the turn, whose versions must still be what they are now
            share = len(asked) // 5
            _write(warming, words, question, self._changes(asked[:share], name, known))
            _write(bodies, words, question, self._changes(asked[share:], name, known))
        else:
            _write(warming, words, question, iter(asked))
            _write(bodies, words, question, iter(asked))
        return warming, bodies

    def _changes(self, users: list[Input], name: str, known: dict[str, int]) -> Iterator[Input]:
        """Another phone number for each of these users, several times over; each server has numbers of its own."""
        prefix = f"+336{20 + list(self.dialects).index(name)}"
        for cycle in range(CYCLES):
            for place, asked in enumerate(users):
                version = known[asked.id] + cycle
                number = (version * 20_011 + place) % 1_000_000
                yield replace(asked, version=version, phone=f"{prefix}{number:06}")


def _write(path: Path, words: Dialect, question: Question, every: Iterator[Input]) -> None:
    with path.open("w") as out:
        out.writelines(json.dumps(words.body(question, asked)) + "\n" for asked in every)


def as_json(turns: list[Turn]) -> list[dict[str, object]]:
    """Turns as they are kept."""
    return [asdict(turn) for turn in turns]


def stamp() -> str:
    """Now, to the minute."""
    return time.strftime("%Y-%m-%d %H:%M", time.gmtime())
