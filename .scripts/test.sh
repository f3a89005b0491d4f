#!/usr/bin/env bash
# ./run test [MAVEN-OPTIONS], or ./run test --platforms [CLASS ...]: the last line has the numbers of passed, failed and skipped tests.
source "$(dirname "$0")/lib.sh"

[ "${1:-}" != --platforms ] || exec .scripts/platforms.sh "${@:2}"
set_up test
python=()
node=()
if venv test-peers earth-embed-testkit/python/requirements.txt; then
  python=("-Dearthembed.python=$cache/test-peers/bin/python")
else
  echo "Python's packages cannot be installed (log: $logs/test-peers.log): tests that compare with other readers are skipped."
fi
if node_tools page-tools earth-embed-web/src/test/page; then
  node=("-Dearthembed.node=$cache/page-tools")
else
  echo "TypeScript and ESLint cannot be installed with npm: the test of the page's sources is skipped."
fi
started=$(mktemp)
trap 'rm -f "$started"' EXIT
status=0
echo "Building and testing earth-embed$(faiss_hint) ..."
# Two modules at a time: tests that start programs and wait leave processors idle.
maven verify -T 2 -Pcoverage "${python[@]}" "${node[@]}" "$@" || status=$?
tests=$(.scripts/summary.py tests . "$started") # now: a release cleans the reports away
.scripts/summary.py coverage benchmarks/coverage/target/site/jacoco-aggregate "$started"
# The samples need a release of the whole build: not after a failure, nor after a part that options have chosen.
[ "$status" != 0 ] || [ "$#" != 0 ] || .scripts/samples.sh || status=$?
echo "$tests"
exit "$status"
