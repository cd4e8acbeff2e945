/**
 * The sha256 of archives and wheels that are known, so that no index and no mirror can pass off something else. PyTorch
 * publishes none of its archives: those of the zip files are the ones on which several projects that pin them agree. Those of
 * the wheels are what https://download.pytorch.org/whl/cpu/torch/ tells. What is not listed is recorded at the first fetch.
 */
export const SHA256: Readonly<Record<string, string>> = {
  'libtorch-shared-with-deps-2.13.0+cpu.zip': 'edbf4cbed78433d803e90a65f1752e57783d164bce66c95c0872b2ab8f5c159e',
  'libtorch-shared-with-deps-2.13.0+cu130.zip': '945c5a3d946a28b387ad9dc9fddda7ba03e35fae1375b84ebff15df789436f82',
  'libtorch-macos-arm64-2.13.0.zip': '1e10c6c4dc2764150c9fb2ad28e1889191302734e7f939108e5d2f22f21a06f8',
  'torch-2.13.0+cpu-cp311-cp311-manylinux_2_28_x86_64.whl':
    '6746dbcbeb526eb61330b76b41ff1b4eb848951103a892eeb080dfa2b264667b',
  'torch-2.13.0+cpu-cp312-cp312-manylinux_2_28_x86_64.whl':
    '4ca4a9394b0c771238a4f73590fdbbc4debad85ed0fa63d026ae1b085da7d6e2',
  'torch-2.13.0+cpu-cp313-cp313-manylinux_2_28_x86_64.whl':
    '3fbf9c9d1f3c10c2d59d04aca426dee9ccc6ceb32d255c61e93acc3b4f75fae6',
  'torch-2.13.0+cpu-cp314-cp314-manylinux_2_28_x86_64.whl':
    'd20fa53ee744502fa4c69818a720b05ca0d37abd055d4f6e66cae155114bc691',
  'torch-2.13.0+cpu-cp311-cp311-manylinux_2_28_aarch64.whl':
    '84453b69508ec79902f899c5ed9495acb9e2bbe9fda5f1d5d6f19e3c3842e1a7',
  'torch-2.13.0+cpu-cp312-cp312-manylinux_2_28_aarch64.whl':
    '6f307c2c32d764ffc6ff6893b801fad6d4752f3e67966cb8abf1843427c02604',
  'torch-2.13.0+cpu-cp313-cp313-manylinux_2_28_aarch64.whl':
    '0b8f7d0423027ae8b90c7977c627f3379f325363a08224dffad9b4b2d684a83d',
  'torch-2.13.0-cp311-cp311-macosx_14_0_arm64.whl': 'e76f9bcecc52b8ff711239a2f7547d5353df95878ab232f0773c1d95928b92f8',
  'torch-2.13.0-cp312-cp312-macosx_14_0_arm64.whl': '2fe228aba290d14b9f31b049be550dbd469c3fd3013d7a19705b30454da97027',
  'torch-2.13.0-cp313-cp313-macosx_14_0_arm64.whl': '33449899ce5496c1b84b4853179d94fd102028ae1407314d9fb956bb79e70d09',
};
