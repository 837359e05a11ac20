#!/usr/bin/env bash
# Stands for a compiler: each version's bytes differ, and the loader does not mind what stands behind an ELF.
set -euo pipefail
mkdir -p target/deploy
for program in registry perps; do
  { cat "programs/$program.so"; printf '%s %s' "$VARIANT" "$VERSION"; } > "target/deploy/$program.so"
done
