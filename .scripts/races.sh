#!/usr/bin/env bash
# ./run races [JCSTRESS-OPTIONS]
source "$(dirname "$0")/lib.sh"

set_up
echo "Building earth-embed$(faiss_hint) ..."
maven package -DskipTests -pl benchmarks/races -am
cd benchmarks/races/target
# One fork and a few short iterations for each race: its two threads meet some thousand times.
java -cp "classes:$(cat classpath.txt)" org.openjdk.jcstress.Main -jvmArgs '-Xmx1g --add-opens=java.base/java.nio=ALL-UNNAMED' \
  -sc false -af NONE -f 1 -fsm 1 -iters 4 -time 1000 -strideSize 8 -strideCount 4 -r report "$@"
