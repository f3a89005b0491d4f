#!/usr/bin/env bash
# ./run mcp [options]: standard output is the agent's, so all messages go to standard error.
source "$(dirname "$0")/lib.sh"

{
  set_up quick
  build earth-embed-cli -Pquick
} >&2
java_main earth-embed-cli 2g io.earthembed.cli.Main mcp "$@"
