#!/usr/bin/env bash
# ./run scale
source "$(dirname "$0")/lib.sh"

set_up
build benchmarks
java_main benchmarks 6g io.earthembed.benchmarks.Scale "$@"
