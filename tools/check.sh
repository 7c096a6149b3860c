#!/bin/sh
# Every check of the project, cheapest first; the tests come last, so that their closing line ends the output.
set -eu
unset PYTHONDONTWRITEBYTECODE  # tests start hundreds of processes: none of them compiles the program anew
say() { printf '\n== %s\n' "$1"; }

say ruff;         .venv/bin/ruff check .
                  .venv/bin/ruff format --check .
say mypy;         .venv/bin/mypy
say lint-imports; .venv/bin/lint-imports --no-cache
say vue-tsc;      sh tools/web.sh check
say pytest;       exec .venv/bin/python tests/postgres.py .venv/bin/pytest -n 2 --dist worksteal
