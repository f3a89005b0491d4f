#!/usr/bin/env bash
# ./run explore [options]
source "$(dirname "$0")/lib.sh"

set_up quick
build earth-embed-cli -Pquick
java_main earth-embed-cli 2g io.earthembed.cli.Main explore "$@"
