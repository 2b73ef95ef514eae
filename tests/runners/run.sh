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
. "$here/../means/install.sh"

install_workspace @aws-sdk || die 'npm ci'
build_server || die 'npm run build'
install_node_programs || die 'npm install'

DYNATOM_MAIN=$main exec node "$here/run.mjs"
