#!/bin/sh
# Writes requirements.lock (what running needs) and requirements-test.lock (what testing adds) anew: the newest versions
# that pyproject.toml allows, tried out in an environment of their own. Run it with the oldest Python that is supported:
# PYTHON=/path/to/python3.11 sh tools/lock.sh
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$(sh tools/python.sh)" -m venv "$folder/venv"
frozen() { "$folder/venv/bin/pip" freeze | grep -v '^bihuan' | LC_ALL=C sort -f; }

"$folder/venv/bin/pip" install --quiet .
frozen >"$folder/run"
"$folder/venv/bin/pip" install --quiet '.[test]'
frozen | grep -vxFf "$folder/run" >"$folder/test"
{ echo "# Exact versions, complete: pip installs them without resolving. Written by tools/lock.sh."; cat "$folder/run"; } >requirements.lock
{ echo "# What testing needs beyond requirements.lock. Written by tools/lock.sh."; cat "$folder/test"; } >requirements-test.lock
