#!/usr/bin/env bash
# ./run gpu [--pack FILE] [OPTIONS]: builds FAISS for GPUs and compares one with the processors; benchmarks/gpu/gpu.sh has the
# options. With --pack the build, and a Java runtime, go into one archive instead. CUDA_ARCHITECTURES is that of
# earth-embed-faiss/cuda.sh.
source "$(dirname "$0")/lib.sh"

pack=
if [ "${1:-}" = --pack ]; then
  pack=${2:?./run gpu --pack FILE}
  shift 2
fi
[ -n "$pack" ] || compgen -G '/dev/nvidia[0-9]*' >/dev/null ||
  { echo "./run gpu: this machine has no NVIDIA GPU (no /dev/nvidia0). --pack FILE makes an archive for one that has." >&2; exit 3; }

set_up
[ "$(faiss_variant)" = avx2 ] || fail "FAISS's build for GPUs needs Linux on x86-64 with AVX2."
echo "Building earth-embed with FAISS for GPUs ..."
junit=$(sed -n 's:.*<junit.version>5\(.*\)</junit.version>.*:1\1:p' pom.xml)
maven package dependency:copy -Pcuda,faiss-avx2 -DskipTests -pl benchmarks -am ${CUDA_ARCHITECTURES:+"-Dcuda.architectures=$CUDA_ARCHITECTURES"} \
  -Dartifact="org.junit.platform:junit-platform-console-standalone:$junit" -DoutputDirectory="$PWD/target/gpu/junit"

# One folder holds all that gpu.sh needs.
folder="$PWD/target/gpu/earth-embed-gpu"
rm -rf "$folder"
mkdir -p "$folder/lib" "$folder/tests"
cp benchmarks/gpu/gpu.sh "$folder/"
tr ':' '\n' <benchmarks/target/classpath.txt | grep -E '/(earth-embed-[^/]*|javacpp-[^/]*|openblas-[^/]*|onnxruntime[^/]*|slf4j-[^/]*|gson-[^/]*|jspecify-[^/]*|RoaringBitmap-[^/]*)\.jar$' |
  xargs cp -t "$folder/lib"
cp earth-embed-faiss/target/earth-embed-faiss-*-linux-x86_64-cuda.jar "$folder/lib/"
jar --create --file "$folder/lib/benchmarks.jar" -C benchmarks/target/classes io/earthembed/benchmarks
jar --create --file "$folder/tests/faiss-tests.jar" -C earth-embed-faiss/target/test-classes .
cp earth-embed-testkit/target/earth-embed-testkit-*.jar target/gpu/junit/*.jar "$folder/tests/"

if [ -z "$pack" ]; then exec "$folder/gpu.sh" --out "$PWD/benchmarks/target/gpu" "$@"; fi

python3 benchmarks/gpu/slim.py "$folder"/lib/*.jar "$folder"/tests/*.jar
home=$(java -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java.home = //p')
"$home/bin/jlink" --add-modules java.base,java.logging,java.management,java.net.http,java.xml,jdk.management,jdk.unsupported \
  --strip-debug --no-header-files --no-man-pages --output "$folder/jre"
mkdir -p "$(dirname "$pack")"
tar -cJf "$pack.part" -C "$(dirname "$folder")" earth-embed-gpu
mv "$pack.part" "$pack"
size=$(($(stat -c %s "$pack") / 1048576 + 1))
echo "Written: $pack, $size MiB"
[ "$size" -le 64 ] || fail "$pack is larger than 64 MiB; fewer CUDA_ARCHITECTURES make it smaller"
