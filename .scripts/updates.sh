#!/usr/bin/env bash
# ./run updates
source "$(dirname "$0")/lib.sh"

set_up
build benchmarks
java_main benchmarks 6g io.earthembed.benchmarks.Updates "$@"
