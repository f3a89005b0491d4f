#!/usr/bin/env bash
# ./run compare [PART ...] [--short]
source "$(dirname "$0")/lib.sh"

set_up peers
build benchmarks
# About 6 GB with torch, downloaded once.
venv peers benchmarks/peers/requirements.txt || fail "The peers could not be installed (log: $logs/peers.log)."
exec "$cache/peers/bin/python" benchmarks/peers/compare.py benchmarks/target/compare "$@"
