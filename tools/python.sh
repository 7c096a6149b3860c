#!/bin/sh
# Prints a Python that is new enough for Bihuan, or says in one sentence what to do.
set -eu
for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
  if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    command -v "$candidate"
    exit 0
  fi
done
found=$("${PYTHON:-python3}" --version 2>&1) || found="no python3"
echo "需要 Python 3.11 或更新版本（找到的是：$found）。请安装后重试，或用 make PYTHON=/路径/python3 指定。" >&2
echo "Bihuan needs Python 3.11 or newer (found: $found). Install one, or name it: make PYTHON=/path/to/python3 …" >&2
exit 1
