# npm and node-gyp look for this file; the addon itself is built by cmake-js from CMakeLists.txt.
{
  "targets": [
    {
      "target_name": "torchts",
      "type": "none",
      "actions": [
        {
          "action_name": "cmake-js",
          "inputs": [],
          "outputs": ["build/Release/torchts.node"],
          "action": ["node", "<!(node -p \"require.resolve('cmake-js/bin/cmake-js')\")", "build", "--target", "torchts"]
        }
      ]
    }
  ]
}
