"""House rules that a machine can check; each names the file and line that breaks it."""

import ast
import functools
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar, cast

import pytest

from engine.campaign import powers_table
from engine.campaign.english import WORDS

Node = TypeVar("Node", bound=ast.AST)
ROOT = Path(__file__).parent.parent
PRODUCT = ("engine", "api", "scheduler")
NOT_OURS = {"node_modules", "dist", ".venv", "var", "__pycache__", "versions"}
LONGEST = 300
HAN = "[\u4e00-\u9fff]"


def files(*suffixes: str, under: tuple[str, ...] = (*PRODUCT, "tests", "tools", "bench", "web")) -> list[Path]:
    """Our own sources; what is installed or built is left out."""
    found = (path for folder in under for path in (ROOT / folder).rglob("*") if path.suffix in suffixes)
    return sorted(path for path in found if not NOT_OURS & set(path.relative_to(ROOT).parts))


def lines_with(pattern: str, paths: list[Path]) -> list[str]:
    """``file:line`` of every line that the pattern occurs in."""
    return [
        f"{path.relative_to(ROOT)}:{number}"
        for path in paths
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(pattern, line)
    ]


@functools.cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text())


def nodes(kind: type[Node], under: tuple[str, ...] = PRODUCT) -> Iterator[tuple[Path, Node]]:
    """Every node of this kind in the syntax trees of our Python files, with its file."""
    for path, node in _by_kind(under).get(kind, []):
        yield path, cast(Node, node)


@functools.cache
def _by_kind(under: tuple[str, ...]) -> dict[type[ast.AST], list[tuple[Path, ast.AST]]]:
    found: dict[type[ast.AST], list[tuple[Path, ast.AST]]] = {}
    for path in files(".py", under=under):
        for node in ast.walk(parsed(path)):
            found.setdefault(type(node), []).append((path.relative_to(ROOT), node))
    return found


def imports(under: tuple[str, ...] = PRODUCT) -> Iterator[tuple[str, str]]:
    """``file:line`` and the module of every import."""
    for path, plain in nodes(ast.Import, under):
        for name in plain.names:
            yield f"{path}:{plain.lineno}", name.name
    for path, chosen in nodes(ast.ImportFrom, under):
        if chosen.module:
            yield f"{path}:{chosen.lineno}", chosen.module


def test_the_only_commit_is_in_the_app() -> None:
    commits = lines_with(r"\.commit\(", files(".py", under=PRODUCT))
    assert [place.partition(":")[0] for place in commits] == ["engine/app.py"]


def test_the_clock_is_read_in_one_file() -> None:
    reading = {"now", "utcnow", "today", "time", "time_ns", "monotonic", "perf_counter", "localtime", "gmtime"}
    found = [
        f"{path}:{node.lineno}"
        for path, node in nodes(ast.Attribute)
        if node.attr in reading
        and isinstance(node.value, ast.Name) and node.value.id in {"datetime", "date", "time"}
    ]  # fmt: skip
    assert {place.partition(":")[0] for place in found} == {"engine/clock.py"}, found


def test_the_database_is_not_asked_for_the_time() -> None:
    assert lines_with(r"func\.now\(|CURRENT_TIMESTAMP|func\.current_", files(".py", under=PRODUCT)) == []


def test_no_file_is_longer_than_one_noun_needs() -> None:
    ours = files(".py", ".ts", ".vue", ".sh")
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in ours}
    assert {path: length for path, length in lengths.items() if length > LONGEST} == {}


def test_nothing_has_a_name_that_says_nothing() -> None:
    empty = re.compile(r"(?<![a-z])(Manager|Helper|Service|Util|Data)s?$")
    classes = [f"{path}: {node.name}" for path, node in nodes(ast.ClassDef) if empty.search(node.name)]
    names = [str(path.relative_to(ROOT)) for path in files(".py", ".ts", ".vue") if empty.search(path.stem.title())]
    assert classes + names == []


def test_nothing_is_left_open() -> None:
    words = ("TO" + "DO", "FIX" + "ME", "X" + "XX", "NotImplemented" + "Error", r"pytest\.(mark\.)?(skip|xfail)")
    assert lines_with(rf"\b({'|'.join(words)})", files(".py", ".ts", ".vue", ".sh")) == []


def test_no_test_sleeps() -> None:
    sleeping = [
        f"{path}:{node.lineno}"
        for path, node in nodes(ast.Attribute, ("tests",))
        if node.attr in {"sleep", "wait_for_timeout"}
    ]
    assert sleeping == []


def test_every_module_says_why_it_exists() -> None:
    written = [path for path in files(".py") if parsed(path).body]
    assert [str(path) for path in written if not ast.get_docstring(parsed(path))] == []


def test_every_public_function_and_class_says_what_it_does() -> None:
    """A class of nothing but fields, such as a schema, speaks by their names."""
    silent = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in files(".py", under=PRODUCT)
        for node in parsed(path).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
        and not ast.get_docstring(node)
        and not (isinstance(node, ast.ClassDef) and all(isinstance(part, ast.Assign) for part in node.body))
    ]  # fmt: skip
    assert silent == []


@pytest.mark.parametrize(
    ("library", "room"),
    [
        ("SpiffWorkflow", "engine/bpm/spiff/"),
        ("flask", "api/"),
        ("apscheduler", "scheduler/"),
        ("smtplib", "scheduler/channels/"),
        ("alembic", "engine/schema.py engine/migrations/"),
    ],
)
def test_a_library_is_used_in_its_room_only(library: str, room: str) -> None:
    elsewhere = [
        place
        for place, module in imports()
        if module.split(".")[0] == library and not place.startswith(tuple(room.split()))
    ]
    assert elsewhere == []


def test_the_bpm_engine_knows_nothing_of_the_campaign() -> None:
    knowing = [
        place
        for place, module in imports()
        if module.startswith("engine.campaign")
        and place.startswith("engine/")
        and not place.startswith(("engine/campaign/", "engine/migrations/"))
    ]
    assert knowing == []


def test_every_setting_is_documented() -> None:
    texts = (node.value for _, node in nodes(ast.Constant) if isinstance(node.value, str))
    names = {text for text in texts if re.fullmatch(r"BIHUAN_[A-Z_]+", text)}
    told = (ROOT / "docs/guide/operate.md").read_text()
    assert names and {name for name in names if f"`{name}`" not in told} == set()


def test_every_command_is_documented() -> None:
    from api.__main__ import COMMANDS

    told = (ROOT / "docs/guide/operate.md").read_text()
    assert [name for name in COMMANDS if f"`bihuan {name}" not in told] == []


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    test = project["optional-dependencies"]["test"]
    for wanted, lock in ((project["dependencies"], "requirements.lock"), (test, "requirements-test.lock")):
        pinned = {_normal(line.partition("==")[0]) for line in (ROOT / lock).read_text().splitlines()}
        names = {_normal(re.split(r"[\[<>=~! ;]", entry)[0]) for entry in wanted}
        assert names - pinned == set()


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_lock_files_name_no_download_address() -> None:
    assert lines_with(r"://|^-", [ROOT / "requirements.lock", ROOT / "requirements-test.lock"]) == []
    assert lines_with(r'"resolved"', [ROOT / "web/package-lock.json"]) == []


def test_the_two_commands_are_in_the_readme_and_the_gate_is_make_test() -> None:
    readme = (ROOT / "README.md").read_text()
    assert "make run" in readme and "make test" in readme
    assert "make test" in (ROOT / ".ci/run").read_text()


def test_a_colour_has_a_name_so_that_night_and_day_can_differ() -> None:
    painted = [path for path in files(".css", ".vue", under=("web",)) if path.name != "base.css"]
    a_library_is_dressed = r"^  --(el|van)-[a-z0-9-]+: #\w+;$"
    lines = lines_with(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(", painted)
    assert sorted(set(lines) - set(lines_with(a_library_is_dressed, painted))) == []


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_what_the_audit_tells_of_powers_has_words_in_both_languages(language: str) -> None:
    told = (ROOT / f"web/shared/locale/settings_values.{language}.ts").read_text()
    words = {*powers_table.ACTS, *powers_table.BODIES, *powers_table.PROVINCES}
    assert {word for word in words if not re.search(rf"\b{word}: '", told)} == set()


def test_every_picture_of_the_guide_is_shown_told_and_light() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    shown = [
        (alt, (page.parent / target).resolve())
        for page in pages
        for alt, target in re.findall(r"!\[([^]]*)\]\(([^)]+)\)", page.read_text(encoding="utf-8"))
    ]
    pictures = set((ROOT / "docs").rglob("*.png"))
    assert {path for _, path in shown} == {path.resolve() for path in pictures}
    assert [path.name for alt, path in shown if not alt.strip()] == []
    assert [path.name for path in pictures if path.stat().st_size > 200_000] == []


def test_english_is_english() -> None:
    wrong = [
        f"{path}:{node.lineno}"
        for path, node in nodes(ast.Call)
        if isinstance(node.func, ast.Name) and node.func.id == "Said" and len(node.args) == 2
        for part in ast.walk(node.args[1])
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and re.search(HAN, part.value)
    ]
    assert wrong == []


def test_a_stored_word_has_one_english_word() -> None:
    pages = (ROOT / "web/shared/locale/values.en.ts").read_text("utf-8")
    shown = dict(re.findall(r"'?([\u4e00-\u9fff（）()，]+)'?: '([^']+)'", pages))
    assert {word: (shown[word], en) for word, en in WORDS.items() if shown.get(word, en) != en} == {}
