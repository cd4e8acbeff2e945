#!/usr/bin/env bash
# Runs the tests of numbers as on other processors: libtorch, oneDNN and MKL are told to use only what those have.
# One line a setting; what each test printed is in build/processors. With arguments, runs those test files or folders instead.
set -uo pipefail
cd "$(dirname "$0")/.."

folder=$PWD/build/processors
rm -rf "$folder"
mkdir -p "$folder"
(($# > 0)) || set -- test/tensor test/nn test/optim test/models test/vision test/reference test/train test/tasks

settings=(
  ''
  ATEN_CPU_CAPABILITY=default
  ATEN_CPU_CAPABILITY=avx2
  ATEN_CPU_CAPABILITY=avx512
  ONEDNN_MAX_CPU_ISA=SSE41
  ONEDNN_MAX_CPU_ISA=AVX2
  ONEDNN_MAX_CPU_ISA=AVX512_CORE
  ONEDNN_MAX_CPU_ISA=AVX512_CORE_BF16
  MKL_ENABLE_INSTRUCTIONS=AVX2
  MKL_CBWR=COMPATIBLE
  OMP_NUM_THREADS=1
  'ATEN_CPU_CAPABILITY=default ONEDNN_MAX_CPU_ISA=SSE41 MKL_CBWR=COMPATIBLE OMP_NUM_THREADS=1'
)
# Of MKL's kernels the tests take those for the instructions of the processor at hand; these are those for its maker (docs/speed.md).
settings+=(TORCHTS_MKL_DISPATCH=vendor)
# On a processor of MKL's own maker both are the same; there, a library that answers for the processor gives what others get.
if [[ $(uname -sm) == 'Linux x86_64' ]] && grep -q GenuineIntel /proc/cpuinfo && command -v "${CC:-cc}" > /dev/null; then
  echo "int mkl_serv_intel_cpu_true(void) { return 0; }" | "${CC:-cc}" -shared -fPIC -x c - -o "$folder/other-maker.so"
  settings+=("LD_PRELOAD=$folder/other-maker.so")
fi

failed=0
for setting in "${settings[@]}"; do
  name=$(basename "${setting:-as it is}")
  log="$folder/${name// /,}.log"
  # Memory is as flat on every processor, and takes minutes to try. Word by word: a setting is one variable or several.
  # shellcheck disable=SC2086
  env $setting node_modules/.bin/mocha --parallel --jobs 2 --ignore test/tensor/memory/flatness.test.ts "$@" > "$log" 2>&1 || failed=1
  printf '%-90s %s\n' "$name" "$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$log" || echo "ended without a count: $log")"
  sed -n '/^  [0-9]* failing$/,$p' "$log" | head -n 200
done
exit "$failed"
