#!/usr/bin/env bash
# Performs the recipes of docs/test-kits.md as they stand there: pytest, JUnit 5, Go where Go is there, and the
# steps of the workflow for GitHub Actions, each in a fresh project that has the package as its users do.
#
#   tests/recipes/run.sh
#
# Prints one line per test and ends with `N passed, N failed`; exits 1 when a test failed.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)

log() { printf '# %s\n' "$*" >&2; }

die() {
  printf 'not ok install: %s\n0 passed, 1 failed\n' "$*"
  exit 1
}

install_workspace() {
  [ -d "$root/node_modules/yaml" ] && return 0
  log 'npm ci'
  (cd "$root" && npm ci --silent >&2)
}

build_server() {
  [ -f "$root/packages/server/dist/start/dynatom.cjs" ] && return 0
  log 'npm run build'
  (cd "$root" && npm run --silent build >&2)
}

install_python() {
  local installed="$here/.venv/requirements.txt"
  cmp -s "$here/requirements.txt" "$installed" && return 0
  log 'installing pytest'
  rm -rf "$here/.venv"
  python3 -m venv "$here/.venv" &&
    "$here/.venv/bin/python" -m pip install --quiet --disable-pip-version-check \
      --requirement "$here/requirements.txt" >&2 &&
    cp "$here/requirements.txt" "$installed"
}

install_workspace || die 'npm ci'
build_server || die 'npm run build'
install_python || die 'pip install'
command -v mvn >/dev/null || die 'Maven is needed'

exec node "$here/run.mjs"
