#!/bin/sh
# Every check of the project, cheapest first; the tests come last, so that their closing line ends the output.
set -eu
# Compiled modules are kept out of the tree: each of the many processes that the tests start would compile anew.
unset PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX="$PWD/build/pycache"
say() { printf '\n== %s\n' "$1"; }

say ruff;         .venv/bin/ruff check .
                  .venv/bin/ruff format --check .
say mypy;         .venv/bin/mypy
say lint-imports; .venv/bin/lint-imports --no-cache
say vue-tsc;      sh tools/web.sh check
unset PYTHONDONTWRITEBYTECODE  # tests start hundreds of processes: none of them compiles the program anew
say pytest;       exec .venv/bin/python tests/postgres.py .venv/bin/pytest -n 2 --dist worksteal
