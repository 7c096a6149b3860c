#!/bin/sh
# Makes .venv and installs the pinned packages into it: `venv.sh .` what running needs, `venv.sh .[test]` what testing needs too.
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
exec .venv/bin/pip install --quiet --disable-pip-version-check --no-warn-script-location -c requirements.lock -e "$1"
