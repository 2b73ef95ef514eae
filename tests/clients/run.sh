#!/usr/bin/env bash
# Drives the built server with the clients that applications use: the AWS SDKs for JavaScript
# (v2 and v3) and Java (v1's DynamoDBMapper and v2), those for Go and Rust where these are there, the
# AWS CLI, boto3, dokklib_db, what reads change streams: the SDKs, dynamodb-streams-readable and the
# Kinesis Client Library, and the clients of CloudWatch.
#
#   tests/clients/run.sh [SUITE...]      all suites, or those whose name starts with a SUITE
#
# Installs what is missing first: nothing is fetched when everything is already there.
# Prints one line per test and ends with `N passed, N failed`; exits 1 when a test failed.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../means/install.sh"

# Builds the Java clients of a folder, each of which has libraries of its own.
install_java_clients() {
  local folder="$here/$1" now
  local sources="$folder/target/sources.sum"
  now=$(cd "$folder" && find pom.xml src -type f | LC_ALL=C sort | xargs cksum)
  if [ "$now" = "$(cat "$sources" 2>/dev/null)" ]; then
    return 0
  fi

  log "building the Java clients of $1"
  rm -rf "$folder/target"
  local goals=(compile dependency:build-classpath -Dmdep.outputFile=target/classpath.txt)
  (cd "$folder" && {
    mvn -q -B -o "${goals[@]}" >/dev/null 2>&1 || mvn -q -B "${goals[@]}" >&2
  }) && printf '%s\n' "$now" >"$sources"
}

# Builds the client in Go where Go is there.
build_go_client() {
  command -v go >/dev/null || return 0
  local folder="$here/go" now
  local sources="$folder/target/sources.sum"
  now=$(cd "$folder" && cksum go.mod go.sum main.go)
  if [ "$now" = "$(cat "$sources" 2>/dev/null)" ]; then
    return 0
  fi
  log 'building the client in Go'
  (cd "$folder" && go build -o target/signed . >&2) && printf '%s\n' "$now" >"$sources"
}

# Builds the client in Rust where Rust is there.
build_rust_client() {
  command -v cargo >/dev/null || return 0
  local folder="$here/rust" now
  local sources="$folder/target/sources.sum"
  now=$(cd "$folder" && cksum Cargo.toml src/main.rs)
  if [ "$now" = "$(cat "$sources" 2>/dev/null)" ]; then
    return 0
  fi
  log 'building the client in Rust'
  (cd "$folder" && cargo build --quiet --release >&2) && printf '%s\n' "$now" >"$sources"
}

install_system_packages || die 'system packages'
install_workspace aws-sdk || die 'npm ci'
install_node_programs || die 'npm install'
build_server || die 'npm run build'
install_python || die 'pip install'
install_java_clients java || die 'mvn compile'
install_java_clients javaV2 || die 'mvn compile, with the AWS SDK for Java v2'
build_go_client || die 'go build'
build_rust_client || die 'cargo build'
install_java_clients kcl || die 'mvn compile, with the Kinesis Client Library'

export AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE=1
export AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED=true
DYNATOM_MAIN=$main exec node "$here/run.mjs" "$@"
