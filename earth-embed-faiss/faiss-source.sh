#!/usr/bin/env bash
# FAISS's sources, sourced by cppbuild.sh and cuda.sh: the version, and download, which unpacks it.
# The crate faiss-sys carries FAISS's own sources, whole: 0.7.0 has FAISS 1.12.0.
crate=0.7.0
version=1.12.0
sha256=c4a8fa67f7070bb81f41dc71c98813b3e40a66bedab12d6c2ac2af50f0837a7e
cache="${EARTH_EMBED_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/earth-embed}/faiss"

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

# Downloads FAISS's sources into a folder below $work, and names it $source. Only the download is cargo's: nothing of Rust is
# compiled. Its own home keeps the user's untouched.
download() {
  command -v cargo >/dev/null ||
    fail "FAISS's sources come as a cargo package. Install cargo with: apt-get install -y cargo (Debian 12: cargo-web)"
  mkdir -p "$work/fetch"
  printf '[package]\nname = "fetch"\nversion = "0.0.0"\n[lib]\npath = "none.rs"\n[dependencies]\nfaiss-sys = "=%s"\n' "$crate" \
    >"$work/fetch/Cargo.toml"
  touch "$work/fetch/none.rs"
  local config="${CARGO_HOME:-$HOME/.cargo}/config.toml"
  export CARGO_HOME="$work/cargo"
  [ ! -e "$config" ] || { mkdir -p "$CARGO_HOME" && cp "$config" "$CARGO_HOME/"; }
  (cd "$work/fetch" && cargo fetch -q >"$work/fetch.log" 2>&1) ||
    fail "FAISS's sources (cargo package faiss-sys $crate) could not be downloaded: $(tail -n 3 "$work/fetch.log")"
  local package
  package=$(find "$CARGO_HOME/registry/cache" -name "faiss-sys-$crate.crate")
  echo "$sha256  $package" | sha256sum --check --status || fail "faiss-sys $crate is not the package that was expected."
  tar -xzf "$package" -C "$work"
  source="$work/faiss-sys-$crate/faiss"
}

# apply PATCH...: changes FAISS's sources. The log is $log.
apply() {
  command -v patch >/dev/null || fail "FAISS's sources are patched. Install patch with: apt-get install -y patch"
  local change
  for change in "$@"; do
    patch --quiet --fuzz=0 --strip=1 --directory="$source" <"$change" >"$log" 2>&1 ||
      fail "$change does not fit FAISS $version: $(cat "$log")"
  done
}
