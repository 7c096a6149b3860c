"""The command ``bihuan``: finds the command's file, prints what went wrong in one sentence, sets the exit code."""

import logging
import sys
from importlib import import_module

import click
import structlog

from engine.errors import EngineError, SettingsError, Unavailable

COMMANDS = (
    "serve",
    "web",
    "scheduler",
    "migrate",
    "begin",
    "demo",
    "deploy",
    "lint",
    "play",
    "simulate",
    "user",
    "token",
    "status",
    "openapi",
    "import",
    "export",
    "seal-contacts",
)
MODULES = {  # a word of Python cannot name a module, nor a word with a dash an object
    "import": ("import_ledger", "command"),
    "seal-contacts": ("contacts", "seal_contacts"),
}


class Commands(click.Group):
    """Commands by name; lint and play must not pay for, or fail on, what only the server needs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, in the order a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command ``NAME`` is the object ``NAME`` of ``api/commands/NAME.py``."""
        if cmd_name not in COMMANDS:
            return None
        module, name = MODULES.get(cmd_name, (cmd_name, cmd_name))
        command = getattr(import_module(f"api.commands.{module}"), name)
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Run it; an error of the installation exits with 2, a refused act with 1."""
        try:
            return super().invoke(ctx)
        except EngineError as error:
            click.echo(_sentence(error), err=True)
            ctx.exit(2 if isinstance(error, SettingsError | Unavailable) else 1)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="bihuan")
def main() -> None:
    """闭环 Bihuan：流程引擎与安全生产治本攻坚三年行动。

    Settings are read from BIHUAN_* variables; see docs/guide/operate.md.
    """
    _log_to_standard_error()


def _sentence(error: EngineError) -> str:
    lines = [error.message]
    lines += [error.en] if error.en != error.message else []
    for found in error.problems:
        place = " ".join(str(found[key]) for key in ("file", "element", "field") if found.get(key))
        lines.append(f"  {found.get('severity', 'error')} {place}: {found.get('message', '')}")
    return "\n".join(lines)


def _log_to_standard_error() -> None:
    """Standard output belongs to the command's answer; JSON lines for machines, readable ones for a terminal."""
    for_machines = structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else for_machines,
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s")
    for chatty in ("apscheduler", "waitress.queue"):  # a skipped tick and a short queue are how they are meant to work
        logging.getLogger(chatty).setLevel(logging.ERROR)


if __name__ == "__main__":
    main()
