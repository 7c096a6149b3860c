#!/bin/sh
# Makes .venv and installs what the given lock files pin: nothing is resolved, so it is quick and the same everywhere.
set -eu
python=$(sh tools/python.sh)
if ! [ -x .venv/bin/pip ]; then
  rm -rf .venv
  if ! "$python" -m venv .venv; then
    echo "$python 不能建立虚拟环境：请安装它的 venv 模块（Debian/Ubuntu：apt-get install python3-venv）后重试。" >&2
    echo "$python cannot make a virtual environment: install its venv module (Debian/Ubuntu: apt-get install python3-venv)." >&2
    exit 1
  fi
fi
install() { .venv/bin/pip install --quiet --disable-pip-version-check --no-warn-script-location --no-deps "$@"; }
for lock in "$@"; do
  install -r "$lock"
done
install -e .
