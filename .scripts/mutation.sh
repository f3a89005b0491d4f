#!/usr/bin/env bash
# ./run mutation: PIT puts faults into classes. Maven fails if the tests notice fewer than 80 % of them.
source "$(dirname "$0")/lib.sh"

set_up test
echo "Building, and testing with faults ..."
maven verify -Pmutation -pl earth-embed-api,earth-embed-base,earth-embed-core,earth-embed-testkit
.scripts/summary.py mutations earth-embed-testkit/target/pit-reports
