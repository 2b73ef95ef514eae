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
root=$(cd "$here/../.." && pwd)
main=${DYNATOM_MAIN:-$root/packages/server/dist/start/dynatom.cjs}

log() { printf '# %s\n' "$*" >&2; }

die() {
  printf 'not ok install: %s\n0 passed, 1 failed\n' "$*"
  exit 1
}

# Prints the first Python that has venv and is new enough for the pinned boto3.
find_python() {
  local candidate
  for candidate in python3 python3.13 python3.12 python3.11 python3.10; do
    if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))' \
      >/dev/null 2>&1; then
      command -v "$candidate"
      return 0
    fi
  done
  return 1
}

has_jdk() { java -version >/dev/null 2>&1 && javac -version >/dev/null 2>&1; }

install_system_packages() {
  local packages=()
  find_python >/dev/null || packages+=(python3 python3-venv)
  has_jdk || packages+=(default-jdk-headless)
  command -v mvn >/dev/null || packages+=(maven)
  [ "${#packages[@]}" -eq 0 ] && return 0

  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    die "missing on this machine: ${packages[*]}"
  fi
  log "apt-get install ${packages[*]}"
  apt-get update -qq >&2 &&
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${packages[@]}" >&2
}

install_python_clients() {
  local installed="$here/.venv/requirements.txt"
  cmp -s "$here/requirements.txt" "$installed" && return 0

  local python
  python=$(find_python) || die 'python 3.10 or newer with venv is needed'
  log 'installing the Python clients'
  rm -rf "$here/.venv"
  "$python" -m venv "$here/.venv" &&
    "$here/.venv/bin/python" -m pip install --quiet --disable-pip-version-check \
      --requirement "$here/requirements.txt" >&2 &&
    cp "$here/requirements.txt" "$installed"
}

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

install_node_clients() {
  [ -d "$root/node_modules/aws-sdk" ] && return 0
  log 'npm ci'
  (cd "$root" && npm ci --silent >&2)
}

install_small_node_clients() {
  local installed="$here/node_modules/installed.json"
  cmp -s "$here/package.json" "$installed" && return 0
  log 'installing the clients of package.json'
  local flags=(--no-package-lock --no-audit --no-fund --ignore-scripts --silent)
  (cd "$here" && npm install "${flags[@]}" >&2) &&
    cp "$here/package.json" "$installed"
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

build_server() {
  [ -f "$main" ] && return 0
  log 'npm run build'
  (cd "$root" && npm run --silent build >&2)
}

install_system_packages || die 'system packages'
install_node_clients || die 'npm ci'
install_small_node_clients || die 'npm install'
build_server || die 'npm run build'
install_python_clients || die 'pip install'
install_java_clients java || die 'mvn compile'
install_java_clients javaV2 || die 'mvn compile, with the AWS SDK for Java v2'
build_go_client || die 'go build'
build_rust_client || die 'cargo build'
install_java_clients kcl || die 'mvn compile, with the Kinesis Client Library'

export AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE=1
export AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED=true
DYNATOM_MAIN=$main exec node "$here/run.mjs" "$@"
