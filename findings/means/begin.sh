# Read by every finding: a temporary folder that goes away, and what is used in it.

set -eu

means=$(cd "$(dirname "$0")/means" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM
cp "$means/stub.mjs" "$folder/"
cd "$folder"

# Packages of npm, each as NAME@VERSION.
install_npm() {
  echo '{ "private": true }' > package.json
  npm install --no-audit --no-fund --loglevel=error --save-exact "$@" > npm.log 2>&1 ||
    { cat npm.log >&2; exit 1; }
}

# A virtual environment of Python in folder $1 with the packages that follow, each as NAME==VERSION.
install_python() {
  environment=$1
  shift
  python3 -m venv "$environment"
  "$environment/bin/pip" install --quiet --disable-pip-version-check "$@"
}

# Libraries of Java in the file classpath.txt, from a pom.xml with the <dependencies> of the standard input.
install_java() {
  {
    echo '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
    echo '<groupId>finding</groupId><artifactId>finding</artifactId><version>1</version>'
    cat
    echo '</project>'
  } > pom.xml
  plugin=org.apache.maven.plugins:maven-dependency-plugin:3.8.1
  mvn -q -B $plugin:build-classpath -Dmdep.outputFile=classpath.txt > maven.log 2>&1 ||
    { cat maven.log >&2; exit 1; }
}

# Fails unless the command that follows prints what stands on the standard input.
expect() {
  cat > expected
  "$@" > seen || { echo "the command failed: $*" >&2; exit 1; }
  diff expected seen || { echo 'It is no longer so (< as stated, > as seen).' >&2; exit 1; }
  cat seen
}

# Settings of a machine or a user must not decide what clients do.
for name in $(env | sed -n 's/^\(AWS_[A-Z0-9_]*\)=.*/\1/p'); do unset "$name"; done
export AWS_ACCESS_KEY_ID=stub AWS_SECRET_ACCESS_KEY=stub AWS_REGION=us-east-1
export AWS_DEFAULT_REGION=us-east-1 AWS_EC2_METADATA_DISABLED=true
export AWS_CONFIG_FILE="$folder/none" AWS_SHARED_CREDENTIALS_FILE="$folder/none"
export NODE_NO_WARNINGS=1 PYTHONWARNINGS=ignore
