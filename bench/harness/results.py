"""The numbers of a measurement: kept as JSON, and what the report says of them."""

import json
import os
import platform
import re
from collections.abc import Iterable
from pathlib import Path
from statistics import median
from typing import Any

from harness.cluster import Cluster
from harness.measure import DATABASE
from harness.servers import PEERS
from harness.work import BENCH, TREE, Work, run

# The report that is committed.
FOLDER = BENCH / "report"
METRICS = ["rate", "p50", "p99", "server_cpu", "database_cpu"]


class Results:
    """Turns by question. Questions that were not measured again keep what they had."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "results.json"
        self.known: dict[str, Any] = {"questions": {}, "idle": {}, "machine": {"versions": {}}}
        if self.file.exists():
            self.known = json.loads(self.file.read_text())

    def write(self) -> None:
        """Keeps it."""
        self.folder.mkdir(exist_ok=True)
        self.file.write_text(json.dumps(self.known, indent=1) + "\n")

    def describe(self, machine: dict[str, Any], idle: dict[str, int]) -> None:
        """Notes where it was measured, and the memory of servers that nobody has asked yet."""
        versions = {**self.known["machine"]["versions"], **machine["versions"]}
        self.known["machine"] = {**machine, "versions": versions}
        self.known["idle"] |= idle

    def add(self, question: str, how: dict[str, Any], turns: list[dict[str, Any]]) -> None:
        """Notes the turns of a question, and how they were measured."""
        self.known["questions"][question] = {**how, "turns": turns}

    def questions(self) -> list[str]:
        """The questions that were measured."""
        return sorted(self.known["questions"])

    def how(self, question: str) -> dict[str, Any]:
        """How a question was measured."""
        return {key: value for key, value in self.known["questions"][question].items() if key != "turns"}

    def _turns(self, question: str) -> list[dict[str, Any]]:
        turns: list[dict[str, Any]] = self.known["questions"][question]["turns"]
        return turns

    def servers(self, question: str) -> list[str]:
        """Who was measured."""
        return list(dict.fromkeys(turn["server"] for turn in sorted(self._turns(question), key=_order)))

    def connections(self, question: str) -> list[int]:
        """At how many connections."""
        return sorted({turn["connections"] for turn in self._turns(question)})

    def medians(self, question: str, server: str, connections: int) -> dict[str, float]:
        """The medians of the rounds; processor time of both together is `cpu`."""
        turns = [
            turn for turn in self._turns(question) if (turn["server"], turn["connections"]) == (server, connections)
        ]
        found = {metric: median(turn[metric] for turn in turns) for metric in METRICS}
        return {**found, "cpu": found["server_cpu"] + found["database_cpu"]}

    def best_peer(self, question: str, connections: int) -> str | None:
        """The peer that answers most."""
        peers = [name for name in self.servers(question) if name in PEERS]
        return max(peers, key=lambda name: self.medians(question, name, connections)["rate"], default=None)

    def memory(self) -> dict[str, tuple[int, int]]:
        """Memory of each server in bytes: idle, and the most after a turn."""
        turns = [turn for question in self.questions() for turn in self._turns(question)]
        most = dict[str, int]()
        for turn in turns:
            if turn["server"] in self.known["idle"]:
                most[turn["server"]] = max(turn["resident"], most.get(turn["server"], 0))
        return {name: (self.known["idle"][name], most[name]) for name in sorted(most, key=lambda name: _place(name))}


def _order(turn: dict[str, Any]) -> int:
    return _place(turn["server"])


def _place(server: str) -> int:
    return ["backdesk", *PEERS, "bare", DATABASE].index(server)


def machine(work: Work, cluster: Cluster, names: Iterable[str]) -> dict[str, Any]:
    """The machine and the versions of what runs on it."""
    cpus = re.findall(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    versions = {
        "PostgreSQL": cluster.ask("postgres", "SHOW server_version")[0][0],
        "rustc": run(["rustc", "--version"]).split()[1],
    }
    for name in names:
        versions |= _versions(work, name)
    return {
        "cores": os.cpu_count(),
        "processor": cpus[0] if cpus else platform.machine(),
        "memory_gib": round(memory / 2**30),
        "system": f"{platform.system()} {platform.release()}",
        "versions": versions,
    }


def _versions(work: Work, name: str) -> dict[str, str]:
    """The versions of what a server is made of, from its lock file."""
    peer = BENCH / "peers" / name
    if name == "backdesk":
        return {"async-graphql": _locked(TREE / "Cargo.lock", "async-graphql")}
    if name in ("bare", "seaography"):
        crates = {"bare": ["async-graphql", "tokio-postgres"], "seaography": ["seaography", "sea-orm", "async-graphql"]}
        return {f"{crate} ({name})": _locked(peer / "Cargo.lock", crate) for crate in crates[name]}
    packages = json.loads((peer / "package-lock.json").read_text())["packages"]
    wanted = json.loads((peer / "package.json").read_text())["dependencies"]
    found = {package: packages[f"node_modules/{package}"]["version"] for package in wanted if package != "node"}
    node = work.root / "peers" / name / "node_modules" / ".bin" / "node"
    return {**found, "Node.js": run([node, "--version"]).strip().removeprefix("v")}


def _locked(lock: Path, crate: str) -> str:
    found = re.search(rf'name = "{crate}"\nversion = "(.*)"', lock.read_text())
    return found.group(1) if found else "?"


def commit() -> str:
    """The commit of the tree, and whether something in it is not committed."""
    git = ["git", "-C", str(TREE)]
    head = run([*git, "rev-parse", "--short=12", "HEAD"]).strip()
    # the report itself does not count
    changed = run([*git, "status", "--porcelain", "--", ".", ":!bench/report"]).strip()
    return f"{head} and changes" if changed else head
