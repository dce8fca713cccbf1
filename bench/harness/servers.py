"""The servers that are compared: how each is installed, started and stopped."""

import base64
import os
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from harness import processes
from harness.work import BENCH, TREE, Failure, Work, need, run

# Backdesk's default; all others get the same.
POOL_SIZE = 10
# Whose users the token reaches: named one by one, so that statements carry a scope; all, because the others show all.
ACCOUNTS = ["DE", "ES", "FR", "IT", "NL", "UK"]
NODE_PEERS = ["postgraphile", "yoga"]
RUST_PEERS = ["bare", "seaography"]
NAMES = ["backdesk", "bare", *NODE_PEERS, "seaography"]
# Those that Backdesk is compared with; `bare` is a measure, and no product.
PEERS = [*NODE_PEERS, "seaography"]


@dataclass
class Server:
    """A server: how it is started, and, once it is, its process."""

    name: str
    port: int
    command: list[str]
    env: Mapping[str, str]
    token: str = ""
    idle_bytes: int = 0
    process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """Where questions go."""
        return f"http://127.0.0.1:{self.port}/graphql"

    def headers(self) -> dict[str, str]:
        """What every request carries."""
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        return headers

    def start(self, work: Work, is_up: Callable[["Server"], bool]) -> None:
        """Starts it, and waits until it answers."""
        log = work.folder("logs") / f"{self.name}.log"
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                self.command, cwd=log.parent, env={**os.environ, **self.env}, stdout=out, stderr=out
            )
        for _ in range(300):
            if self.process.poll() is not None:
                break
            if is_up(self):
                time.sleep(1)
                self.idle_bytes = processes.resident_bytes(self.process.pid)
                return
            time.sleep(0.1)
        raise Failure(f"{self.name} does not start: see {log}")

    def stop(self) -> None:
        """Ends its process."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def processor_seconds(self) -> float:
        """Processor time that it has used."""
        return 0.0 if self.process is None else processes.processor_seconds(self.process.pid)

    def resident_bytes(self) -> int:
        """Memory that it has."""
        return 0 if self.process is None else processes.resident_bytes(self.process.pid)


def answers(server: Server) -> bool:
    """Whether it answers a question."""
    body = b'{"query":"{ __typename }"}'
    request = urllib.request.Request(server.url, body, server.headers())
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def install(work: Work, names: list[str]) -> None:
    """Builds or installs these servers, as their lock files say."""
    cargo = need("cargo", "rustup")
    print("Building Backdesk …", flush=True)
    # nobody asks for GraphiQL here
    run([cargo, "build", "--release", "--locked", "--quiet"], folder=TREE, env={"BACKDESK_SKIP_WEB": "1"}, shown=True)
    for name in RUST_PEERS:
        if name in names:
            print(f"Building {name} …", flush=True)
            target = {"CARGO_TARGET_DIR": str(work.folder("target"))}
            run(
                [cargo, "build", "--release", "--locked", "--quiet"],
                folder=BENCH / "peers" / name,
                env=target,
                shown=True,
            )
    for name in NODE_PEERS:
        if name in names:
            _install_node_peer(work, name)


def _install_node_peer(work: Work, name: str) -> None:
    """Copies a peer into the work folder, and lets npm install what it needs, a Node.js that is new enough included."""
    source, folder = BENCH / "peers" / name, work.folder("peers", name)
    lock = (source / "package-lock.json").read_bytes()
    installed = folder / "installed-lock.json"
    for path in source.iterdir():
        if path.is_file():
            shutil.copy(path, folder)
    if not installed.exists() or installed.read_bytes() != lock:
        print(f"Installing {name} …", flush=True)
        run([need("npm", "npm"), "ci", "--no-audit", "--no-fund"], folder=folder)
        installed.write_bytes(lock)


def master_key(work: Work) -> dict[str, str]:
    """Backdesk's master key, made once: the database's secrets are sealed by it."""
    path = work.folder("backdesk") / "master.key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(base64.b64encode(os.urandom(32)).decode())
    return {"BACKDESK_MASTER_KEY_FILE": str(path)}


def backdesk_env(work: Work, url: str) -> dict[str, str]:
    """Backdesk's configuration: as it ships, but for where things are, and how often one person may ask."""
    return {
        "BACKDESK_DATABASE_URL": url,
        "BACKDESK_DATA_DIR": str(work.folder("backdesk")),
        **master_key(work),
        "BACKDESK_RATE_POINTS": "1000000",
        "BACKDESK_RATE_POINTS_BURST": "10000000",
    }


def backdesk_program() -> Path:
    """Backdesk, built."""
    return TREE / "target" / "release" / "backdesk"


def servers(work: Work, url: str, names: list[str]) -> list[Server]:
    """These servers over a database, not started yet."""
    return [server_at(work, url, name, 25_440 + NAMES.index(name)) for name in names]


def server_at(work: Work, url: str, name: str, port: int) -> Server:
    """A server over a database, not started yet."""
    if name == "backdesk":
        env = {**backdesk_env(work, url), "BACKDESK_LISTEN": f"127.0.0.1:{port}"}
        scope = [part for account in ACCOUNTS for part in ("--account", account)]
        command = [str(backdesk_program()), "token", "--role", "admin", "--ttl", "1d", *scope]
        token = run(command, folder=work.folder("logs"), env=env).strip()
        return Server(name, port, [str(backdesk_program()), "serve"], env, token)
    env = {"DATABASE_URL": url, "POOL_SIZE": str(POOL_SIZE), "PORT": str(port), "NODE_ENV": "production"}
    if name in RUST_PEERS:
        program = work.folder("target") / "release" / f"backdesk-bench-{name}"
        return Server(name, port, [str(program)], env)
    folder = work.folder("peers", name)
    node = folder / "node_modules" / ".bin" / "node"
    return Server(name, port, [str(node), str(folder / "server.mjs")], env)
