"""Accounts and tokens from the terminal."""

from collections.abc import Callable

from click.testing import Result

from engine.app import App
from engine.campaign import accounts

Run = Callable[..., Result]
PASSWORD = "correct horse\n"


def test_an_admin_needs_no_unit_and_reads_the_password_from_standard_input(run: Run, app: App) -> None:
    result = run("user", "add", "root", "--role", "admin", stdin=PASSWORD)
    assert result.exit_code == 0, result.output
    assert accounts.open_session(app, "root", "correct horse").person.admin


def test_the_first_account_of_a_unit_makes_the_unit_and_says_so(run: Run) -> None:
    first = run("user", "add", "li", "--role", "inspector", "--unit", "GH-01", stdin=PASSWORD)
    second = run("user", "add", "wang", "--role", "inspector", "--role", "clerk", "--unit", "GH-01", stdin=PASSWORD)
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "GH-01" in first.stderr and second.stderr == ""
    listed = run("user", "list").stdout.splitlines()
    assert [line.split()[0] for line in listed] == ["li", "wang"]
    assert "clerk" in listed[1] and "GH-01" in listed[1]


def test_what_cannot_be_is_refused_with_exit_code_1(run: Run) -> None:
    run("user", "add", "root", "--role", "admin", stdin=PASSWORD)
    for refused in (
        run("user", "add", "root", "--role", "admin", stdin=PASSWORD),
        run("user", "add", "li", "--role", "inspector", stdin=PASSWORD),
        run("user", "add", "li", "--role", "admin", stdin="short\n"),
        run("user", "add", "li", "--role", "admin", stdin=""),
        run("user", "add", "l i", "--role", "admin", stdin=PASSWORD),
        run("user", "passwd", "nobody", stdin=PASSWORD),
        run("token", "nobody"),
    ):
        assert refused.exit_code == 1, refused.output
        assert refused.stderr and refused.stdout == ""


def test_a_token_is_all_that_is_printed_and_it_works(run: Run, app: App) -> None:
    run("user", "add", "root", "--role", "admin", stdin=PASSWORD)
    printed = run("token", "root").stdout
    assert printed.count("\n") == 1
    assert accounts.token_person(app, printed.strip()).name == "root"


def test_a_new_password_replaces_the_old_one(run: Run, app: App) -> None:
    run("user", "add", "root", "--role", "admin", stdin=PASSWORD)
    assert run("user", "passwd", "root", stdin="battery staple\n").exit_code == 0
    assert accounts.open_session(app, "root", "battery staple").person.name == "root"
