"""Whether all servers give the same answer to the same question."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterable
from dataclasses import replace
from itertools import islice
from typing import Any

from harness.cluster import Cluster
from harness.inputs import Inputs, versions
from harness.questions import Body, Dialect, Input, Question
from harness.servers import Server
from harness.work import Failure

# Inputs of each question that are compared.
COMPARED = 5
# What Backdesk counts to unless told otherwise.
COUNTED = 10_000


def ask(server: Server, body: Body) -> dict[str, Any]:
    """The data of an answer."""
    request = urllib.request.Request(server.url, json.dumps(body).encode(), server.headers())
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            answer = json.load(response)
    except urllib.error.HTTPError as error:
        raise Failure(f"{server.name} answers {error.code}: {error.read()[:1000].decode()}\nto {body}") from error
    if not answer.get("data") or answer.get("errors"):
        raise Failure(f"{server.name} answers {json.dumps(answer)[:1000]}\nto {body}")
    data: dict[str, Any] = answer["data"]
    return data


def compare(
    cluster: Cluster,
    database: str,
    dialects: dict[str, tuple[Server, Dialect]],
    questions: Iterable[Question],
    inputs: Inputs,
) -> None:
    """Stops the benchmark where two servers differ."""
    for question in questions:
        if question.key == "Q7":
            _compare_change(cluster, database, dialects, question, inputs)
            continue
        every = list(inputs.asked(question))
        for asked in every[:: max(1, len(every) // COMPARED)]:
            answers = {name: ask(server, words.body(question, asked)) for name, (server, words) in dialects.items()}
            rows = {name: dialects[name][1].rows(question, data) for name, data in answers.items()}
            _agree(question, asked, rows)
            if question.has_total:
                totals = {name: dialects[name][1].total(data) for name, data in answers.items()}
                if question.key == "Q6":
                    totals = {name: min(total, COUNTED) for name, total in totals.items()}
                _agree(question, asked, {name: [{"total": total}] for name, total in totals.items()})


def _agree(question: Question, asked: Input, rows: dict[str, list[dict[str, Any]]]) -> None:
    (first, expected), *others = rows.items()
    if not expected:
        raise Failure(f"{question.key} finds nothing for {asked}: seed more users, or look at bench/harness/inputs.py")
    for name, found in others:
        if found == expected:
            continue
        differing = (pair for pair in zip(expected, found) if pair[0] != pair[1])
        one, other = next(differing, (f"{len(expected)} rows", f"{len(found)} rows"))
        raise Failure(f"{question.key}, {asked}:\n{first} answers {one}\n{name} answers {other}")


def _compare_change(
    cluster: Cluster,
    database: str,
    dialects: dict[str, tuple[Server, Dialect]],
    question: Question,
    inputs: Inputs,
) -> None:
    """Each server changes a user, says so, and the row is changed; Backdesk has an entry in the trail besides."""
    entries = "SELECT count(*) FROM audit_entries"
    for place, (asked, (name, (server, words))) in enumerate(
        zip(islice(inputs.asked(question), len(dialects)), dialects.items(), strict=True)
    ):
        known = versions(cluster, database, [asked.id])[asked.id]
        before = int(cluster.ask(database, entries)[0][0])
        phone = f"+3361500{known % 100:02}{place:02}"
        data = ask(server, words.body(question, replace(asked, phone=phone, version=known)))
        row = cluster.ask(database, f"SELECT phone FROM users WHERE id = '{asked.id}'")
        said = words.rows(question, data)
        if said != [{"id": asked.id, "phone": phone}] or row != [[phone]]:
            raise Failure(f"{name} was to set the phone number {phone} of {asked.id}: it says {said}, the row is {row}")
        if name == "backdesk" and int(cluster.ask(database, entries)[0][0]) != before + 1:
            raise Failure("Backdesk changed a user and left no audit entry")
