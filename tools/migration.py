"""Writes the next migration: what the model has and the newest version of the tables has not. Run by a developer.

.venv/bin/python tools/migration.py "what changes"
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory

from api.compose import compose
from engine import schema
from engine.settings import Settings


def main(message: str) -> None:
    """A new file in engine/migrations/versions, made against a fresh SQLite database; read it before you commit it."""
    with tempfile.TemporaryDirectory() as folder:
        app = compose(Settings(database_url=f"sqlite:///{folder}/empty.sqlite3", data_dir=Path(folder)))
        with app.engine.begin() as connection:
            settings = schema.config(connection)
            command.upgrade(settings, "heads")
            number = max(int(one.revision) for one in ScriptDirectory.from_config(settings).walk_revisions()) + 1
            command.revision(settings, message, autogenerate=True, rev_id=f"{number:04}")
    subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", "engine/migrations/versions"], check=True)


if __name__ == "__main__":
    main(sys.argv[1])
