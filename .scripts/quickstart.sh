#!/usr/bin/env bash
# ./run quickstart [options]
source "$(dirname "$0")/lib.sh"

set_up quick
build earth-embed-cli -Pquick
java_main earth-embed-cli 2g io.earthembed.cli.Main quickstart "$@"
