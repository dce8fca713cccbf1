"""The database's own limit: the statements of `bench/sql`, which the bare server sends too, as scripts of pgbench."""

import re
from pathlib import Path

from harness.cluster import Cluster
from harness.inputs import Inputs
from harness.questions import COUNTRY, FOUND, PAGE, STATUS, Question
from harness.work import BENCH, Work

# Each client of pgbench begins with reading and planning what it sends: of longer lists it would do little else.
ELEMENTS = 1_000
WORDS = 20


def scripts(work: Work, cluster: Cluster, database: str, inputs: Inputs, question: Question) -> list[Path]:
    """The scripts of a question; several are drawn from by chance."""
    folder = work.folder("pgbench", database)
    texts = _texts(cluster, database, inputs, question.key)
    paths = [folder / f"{question.key}-{place}.sql" for place in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text)
    return paths


def _texts(cluster: Cluster, database: str, inputs: Inputs, key: str) -> list[str]:
    first, last = _bare(inputs.dates[-1]), _bare(inputs.dates[0])
    since = f"timestamptz '{last}' - :k * interval '1 minute'"
    of_list = [str(STATUS), f"'{COUNTRY}'", since]
    ids, words = inputs.ids[:ELEMENTS], inputs.words[:WORDS]
    dates, places = len(inputs.dates), len(inputs.places)
    match key:
        case "Q1":
            return [_random(len(ids)) + _statement("user", [_element(ids, "uuid")])]
        case "Q2":
            return [_random(dates) + _statement("list", [*of_list, str(PAGE)])]
        case "Q3":
            page = _statement("list", [str(STATUS), f"'{COUNTRY}'", f"timestamptz '{first}'", str(PAGE)])
            users = [row[0] for row in cluster.ask(database, page)]
            of_users = [f"'{{{','.join(users)}}}'::uuid[]"]
            related = "".join(_statement(name, of_users) for name in ["addresses", "wallets", "reviews"])
            # on their way at once, as the bare server sends them
            page = _statement("list", [*of_list, str(PAGE)])
            return [f"{_random(dates)}{page}\\startpipeline\n{related}\\endpipeline\n"]
        case "Q4":
            at = _element([_bare(place[0]) for place in inputs.places], "timestamptz")
            id = _element([place[1] for place in inputs.places], "uuid")
            return [_random(places) + _statement("after", [at, id, str(PAGE)])]
        case "Q5":
            return [_statement("search", [f"'%{word}%'", str(FOUND)]) for word in words]
        case "Q7":
            phone = "'+33614' || (100000 + :n)::text"
            drawn = _random(len(ids)) + "\\set n random(0, 899999)\n"
            return [drawn + _statement("set_phone", [_element(ids, "uuid"), phone])]
        case "Q6" | "Q6x":
            page, count = _statement("list", [*of_list, str(PAGE)]), _statement("count", of_list)
            return [f"{_random(dates)}\\startpipeline\n{page}{count}\\endpipeline\n"]
        case _:
            raise NotImplementedError(key)


def _statement(name: str, values: list[str]) -> str:
    """A statement with these expressions for its parameters, in one line."""
    sql = (BENCH / "sql" / f"{name}.sql").read_text()
    sql = re.sub(r"\$(\d+)", lambda found: f"({values[int(found.group(1)) - 1]})", sql)
    return " ".join(sql.split()) + ";\n"


def _random(count: int) -> str:
    return f"\\set k random(1, {count})\n"


def _element(values: list[str], kind: str) -> str:
    """One of many values, drawn by :k."""
    return f"('{{{','.join(values)}}}'::{kind}[])[:k]"


def _bare(instant: str) -> str:
    """An instant without colons, which are variables to pgbench."""
    return instant.replace(":", "").replace("-", "")
