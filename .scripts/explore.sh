#!/usr/bin/env bash
# ./run explore [options]
source "$(dirname "$0")/lib.sh"

set_up
build
java_main samples/guides 2g io.earthembed.guides.quickstart.Explore "$@"
