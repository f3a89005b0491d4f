#!/usr/bin/env bash
# ./run samples: builds the samples against a dry run of a release, runs them, and checks their output.
source "$(dirname "$0")/lib.sh"

# share_local_repository FOLDER: makes a local Maven repository that shares the machine's artifacts except
# earth-embed's, so that the samples can only get those of the dry run.
share_local_repository() {
  local shared mine="$1" entry
  shared=$(maven help:evaluate -Dexpression=settings.localRepository -DforceStdout | tail -n 1)
  [ -d "$shared" ] || fail "Maven's local repository is not there: $shared"
  mkdir -p "$mine/io" "$shared/io"
  for entry in "$shared"/* "$shared"/io/*; do
    case "$entry" in "$shared/io" | "$shared/io/earthembed" | *'*') continue ;; esac
    ln -s "$entry" "$mine/${entry#"$shared"/}"
  done
}

# check NAME REGEX ...: fails unless standard input has a line that matches each expression.
check() {
  local name=$1 printed regex
  shift
  printed=$(cat)
  for regex in "$@"; do
    grep -qxE "$regex" <<<"$printed" || fail "samples/$name did not print '$regex', but:
$printed"
  done
  echo "samples/$name: as expected"
}

.scripts/release.sh --this-platform
out="$PWD/target/samples"
options=(-Dmaven.repo.local="$out/m2" -Dearthembed.repository="file://$PWD/target/repository")
river='a satellite image of a river'
rivers=('1 river-[0-9]' '2 river-[0-9]' '3 river-[0-9]' '64 x 64 pixels')
rm -rf "$out"
share_local_repository "$out/m2"

maven -f samples/plain/pom.xml clean package "${options[@]}"
plain=(java -Xmx512m -cp "samples/plain/target/classes:samples/plain/target/lib/*")
"${plain[@]}" io.earthembed.samples.plain.MakeEmbeddings "$out" 2>&1 | check plain '40 tiles embedded'
"${plain[@]}" io.earthembed.samples.plain.Search "$out" "$river" 2>&1 | check plain "${rivers[@]}"

maven -f samples/langchain4j/pom.xml clean package "${options[@]}"
java -Xmx512m -cp "samples/langchain4j/target/classes:samples/langchain4j/target/lib/*" \
  io.earthembed.samples.langchain4j.Agent "$out" 2>&1 |
  check langchain4j 'earth-embed-demo-s2 2 takes .*IMAGE.*' 'stored picture: river-[0-9]' \
    'tool: searchTiles \[text, count\]' 'tool: searchTilesNear \[text, latitude, longitude, kilometers\]' \
    '1 snow-[0-9] at .*, score 0\.[0-9]+' '2 snow-[0-9] at .*' '1 forest-[0-9] at 4[56]\.[0-9]+, 9\.39, score 0\.[89][0-9]'

maven -f samples/jpms/pom.xml clean package "${options[@]}"
java -Xmx512m -p samples/jpms/target/jpms-1.jar:samples/jpms/target/modules --add-modules ALL-MODULE-PATH \
  -cp 'samples/jpms/target/classpath/*' \
  -m io.earthembed.samples.jpms/io.earthembed.samples.jpms.Search "$out" "$river" 2>&1 |
  check jpms 'module io.earthembed.core' 'module io.earthembed.faiss' "${rivers[@]}" 'modules.html is written'

maven -f samples/spring-boot/pom.xml clean verify "${options[@]}" -Dembeddings="$out/embeddings"
cat samples/spring-boot/target/failsafe-reports/*.txt | check spring-boot 'Tests run: 1, Failures: 0, Errors: 0, Skipped: 0.*'

maven -f samples/plug-ins/pom.xml clean verify "${options[@]}"
cat samples/plug-ins/target/surefire-reports/*.txt | check plug-ins 'Tests run: [0-9]+, Failures: 0, Errors: 0, Skipped: 0.*'
