#!/usr/bin/env bash
# ./run retrieval --images DIR [--model DIR] [options]
source "$(dirname "$0")/lib.sh"

set_up
build
java_main earth-embed-cli 3g io.earthembed.cli.Main retrieval "$@"
