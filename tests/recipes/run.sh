#!/usr/bin/env bash
# Performs the recipes of docs/test-kits.md as they stand there: pytest, JUnit 5, Go where Go is there, and the
# steps of the workflow for GitHub Actions, each in a fresh project that has the package as its users do.
#
#   tests/recipes/run.sh
#
# Installs what is missing first: nothing is fetched when everything is already there.
# Prints one line per test and ends with `N passed, N failed`; exits 1 when a test failed.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# What is tried is the package, never another command.
unset DYNATOM_MAIN
. "$here/../means/install.sh"

install_system_packages || die 'system packages'
install_workspace yaml || die 'npm ci'
build_server || die 'npm run build'
install_python || die 'pip install'

exec node "$here/run.mjs"
