#!/usr/bin/env bash
# Takes the prebuilt addon, or builds one against the CUDA build of an installed Python torch, runs the tests that need a GPU,
# and measures. For a machine that reaches no network: what it lacks comes along as archives.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: scripts/gpu-check.sh [options]
  --node <path>      a Node.js release, archive (.tar.gz, .tar.xz) or folder; not needed where node is installed
  --modules <path>   an archive that holds node_modules/; not needed where node_modules is there
  --package <path>   the packed @torchts/linux-x64 (`make packages` puts it into build/packages): its addon is tested,
                     none is built, and no compiler is needed
  --out <folder>     where logs and figures go (default: build/gpu-check)
  --only <step,…>    of build, test, bench (default: all)
  --without-gpu      what a machine without one can show of the CUDA build: that the addon compiles against it, loads it,
                     and passes the tests of the core on the CPU
Python: TORCHTS_PYTHON, else python3; its torch (2.11 to 2.14) is the libtorch that is built against.
Exit code: 0 done, 1 failed or no GPU, 2 wrong use.
TEXT
}

fail() {
  echo "gpu-check: $1" >&2
  exit "${2:-1}"
}

step() {
  echo
  echo "== $1 (${SECONDS} s) =="
}

node_place='' modules='' package='' out='' only='build,test,bench' gpu=yes
while (($# > 0)); do
  case $1 in
    --node | --modules | --package | --out | --only) (($# > 1)) || fail "$1 needs a value" 2 ;;&
    --node | --modules | --package) [[ -e $2 ]] || fail "$1 names $2, which is not there" 2 ;;&
    --node) node_place=$(realpath -- "$2") && shift 2 ;;
    --modules) modules=$(realpath -- "$2") && shift 2 ;;
    --package) package=$(realpath -- "$2") && shift 2 ;;
    --out) out=$(realpath -m -- "$2") && shift 2 ;;
    --only) only=$2 && shift 2 ;;
    --without-gpu) gpu=no && only=build,test && shift ;;
    --help) usage && exit 0 ;;
    *) usage >&2 && fail "there is no option $1" 2 ;;
  esac
done

cd "$(dirname "$0")/.."
out=${out:-$PWD/build/gpu-check}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

wanted() {
  [[ ",$only," == *",$1,"* ]]
}

# --- what the machine has ---

python=${TORCHTS_PYTHON:-python3}
if [[ $gpu = yes ]]; then
  command -v nvidia-smi > /dev/null && nvidia-smi -L > /dev/null 2>&1 \
    || fail 'no GPU: nvidia-smi finds none, so there is nothing to check (--without-gpu builds and loads all the same)'
  there='torch.cuda.is_available()'
else
  there='torch.version.cuda'
fi
torch_folder=$("$python" -c "import os, torch; assert $there; print(os.path.dirname(torch.__file__))") \
  || fail "no CUDA torch: $python does not import one where $there holds (set TORCHTS_PYTHON)"
export TORCHTS_PYTHON=$python TORCHTS_LIBTORCH=$torch_folder HF_HUB_OFFLINE=1

if [[ -z $package ]]; then
  for tool in cmake c++; do
    command -v "$tool" > /dev/null || fail "no $tool: the addon cannot be built (--package takes a prebuilt one)"
  done
fi

if [[ -f $node_place ]]; then
  mkdir "$scratch/node"
  tar -xf "$node_place" -C "$scratch/node" --strip-components=1
  node_place=$scratch/node
fi
if [[ -n $node_place ]]; then
  PATH=$node_place/bin:$PATH
fi
command -v node > /dev/null || fail 'no Node.js: give one with --node'

if [[ -n $modules && ! -d node_modules ]]; then
  tar -xf "$modules"
fi
[[ -d node_modules ]] || fail 'no node_modules: give an archive of it with --modules'

if [[ -n $package ]]; then
  rm -rf node_modules/@torchts/linux-x64
  mkdir -p node_modules/@torchts/linux-x64
  tar -xf "$package" -C node_modules/@torchts/linux-x64 --strip-components=1
  export TORCHTS_ADDON=$scratch/none.node # so that the build of a checkout does not come first
fi

mkdir -p "$out"
{
  if [[ $gpu = yes ]]; then nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader; fi
  "$python" -c 'import platform, torch; print("Python", platform.python_version(), "torch", torch.__version__, "CUDA", torch.version.cuda, "cuDNN", torch.backends.cudnn.version())'
  if [[ -n $package ]]; then
    echo "Node $(node --version), $(sha256sum "$package"), $(nproc) cores"
  else
    echo "Node $(node --version), $(cmake --version | head -n 1), $(c++ --version | head -n 1), $(nproc) cores"
  fi
} | tee "$out/machine.txt"

# --- build, test, measure ---

if wanted build; then
  step 'build'
  npm run --silent build:ts
  if [[ -z $package ]]; then
    node dist/cli/torchts.js setup 2>&1 | tee "$out/build.log"
  else
    node dist/cli/torchts.js doctor 2>&1 | tee "$out/build.log"
  fi
fi

status=0
if wanted test && [[ $gpu = no ]]; then
  step 'tests of the core on the CPU, with the CUDA build loaded'
  node -e 'const { torch } = require("./dist"); if (!torch.ops.aten.add.Tensor || torch.cuda.isAvailable()) process.exit(1)'
  grep -q libtorch_cuda <(node -e 'require("./dist").torch.ones([1]).add(1); console.log(require("fs").readFileSync("/proc/self/maps", "utf8"))') \
    || fail 'libtorch_cuda is not loaded'
  node node_modules/mocha/bin/mocha.js --ignore 'test/tensor/{fuzz,operator-database}/**' 'test/tensor/**/*.test.ts' 2>&1 | tee "$out/test.log" || status=1
elif wanted test; then
  step 'tests on CUDA'
  if ! node -e 'process.exit(require("./dist").torch.cuda.isAvailable() ? 0 : 1)'; then
    ldd "$torch_folder/lib/libtorch_cuda.so" | grep 'not found' >&2 || true
    fail 'the addon does not see the GPU that Python sees; above are the libraries that libtorch_cuda lacks, if any'
  fi
  node node_modules/mocha/bin/mocha.js 'test/cuda/**/*.test.ts' 2>&1 | tee "$out/test.log" || status=1
fi

if wanted bench; then
  step 'figures on CUDA'
  node node_modules/typescript/bin/tsc -p bench/tsconfig.json
  node build/bench/run.js --device cuda --only operator-call,vit-inference,vit-train-step,first-prediction --out "$out" || status=1
fi

step 'done'
exit "$status"
