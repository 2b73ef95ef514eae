#!/usr/bin/env bash
# Runs the built server under the test runners and start-up tools that applications use: Jest with
# its fake timers, the preset @shelf/jest-dynamodb, wait-on and start-server-and-test.
#
#   tests/runners/run.sh
#
# Installs what is missing first: nothing is fetched when everything is already there.
# Prints one line per test and ends with `N passed, N failed`; exits 1 when a test failed.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
main=${DYNATOM_MAIN:-$root/packages/server/dist/start/dynatom.cjs}

log() { printf '# %s\n' "$*" >&2; }

die() {
  printf 'not ok install: %s\n0 passed, 1 failed\n' "$*"
  exit 1
}

install_workspace() {
  [ -d "$root/node_modules/@aws-sdk" ] && return 0
  log 'npm ci'
  (cd "$root" && npm ci --silent >&2)
}

build_server() {
  [ -f "$main" ] && return 0
  log 'npm run build'
  (cd "$root" && npm run --silent build >&2)
}

install_runners() {
  local installed="$here/node_modules/installed.json"
  cmp -s "$here/package.json" "$installed" && return 0
  log 'installing the runners'
  (cd "$here" && npm install --no-package-lock --no-audit --no-fund --ignore-scripts --silent >&2) &&
    cp "$here/package.json" "$installed"
}

install_workspace || die 'npm ci'
build_server || die 'npm run build'
install_runners || die 'npm install'

DYNATOM_MAIN=$main exec node "$here/run.mjs"
