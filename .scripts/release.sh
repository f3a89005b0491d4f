#!/usr/bin/env bash
# ./run release [--this-platform] [--cuda] [MAVEN-OPTIONS]: docs/guides/releasing.md describes the contents of a release.
# Nothing leaves this machine.
source "$(dirname "$0")/lib.sh"

set_up
profiles=release,platforms
if [ "${1:-}" = --this-platform ]; then
  profiles=release
  shift
else
  set_up_platforms
fi
repository="$PWD/target/repository"
if [ "${1:-}" = --cuda ]; then
  profiles+=,cuda
  shift
fi
rm -rf "$repository"
echo "Building a release, dry run$(faiss_hint) ..."
# Cleans first: files left by an older build would be published too.
maven clean deploy "-P$profiles" -DskipTests -pl '!benchmarks,!benchmarks/races,!samples/guides' \
  -DaltDeploymentRepository="local::file://$repository" "$@"
cd "$repository"
find . -type f -name 'earth-embed-*' ! -name '*.md5' ! -name '*.sha1' -print0 | sort -z | xargs -0 sha256sum >SHA256SUMS
echo "Deployed to target/repository: $(wc -l <SHA256SUMS) files"
