#!/usr/bin/env bash
# ./run bench [full | JMH-OPTIONS]
source "$(dirname "$0")/lib.sh"

set_up
build benchmarks
java_main benchmarks 6g io.earthembed.benchmarks.Bench "$@"
