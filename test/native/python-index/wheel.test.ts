import assert from 'node:assert/strict';
import { currentMachine, parseWheelName, platformMismatch, type Machine } from '../../../ts/native/python-index/wheel';

const LINUX: Machine = { platform: 'linux', arch: 'x64', glibc: [2, 31] };
const ARM: Machine = { platform: 'linux', arch: 'arm64', glibc: [2, 36] };
const MAC: Machine = { platform: 'darwin', arch: 'arm64', macos: [14, 0] };

describe('the name of a wheel', () => {
  it('tells package, version, Python and platforms', () => {
    const wheel = parseWheelName('nvidia_nvjitlink-13.4.92-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl')!;
    assert.deepEqual(
      [wheel.name, wheel.versionText, wheel.pythons, wheel.platforms],
      ['nvidia-nvjitlink', '13.4.92', ['py3'], ['manylinux2010_x86_64', 'manylinux_2_12_x86_64']],
    );
    assert.deepEqual(parseWheelName('torch-2.13.0+cpu-1-cp311-cp311-linux_x86_64.whl')!.pythons, ['cp311']);
    for (const name of ['torch-2.13.0.tar.gz', 'torch-2.13.0-cp311.whl', 'torch-latest-cp311-cp311-any.whl'])
      assert.equal(parseWheelName(name), undefined, name);
  });

  it('says why a machine cannot use it', () => {
    for (const [tag, machine, expected] of [
      ['any', LINUX, undefined],
      ['linux_x86_64', LINUX, undefined],
      ['manylinux_2_28_x86_64', LINUX, undefined],
      ['manylinux2014_x86_64', LINUX, undefined],
      ['manylinux_2_28_aarch64', ARM, undefined],
      ['manylinux_2_34_x86_64', LINUX, 'it needs glibc 2.34 or newer, and this system has 2.31'],
      ['manylinux2014_x86_64', { ...LINUX, glibc: [2, 12] }, 'it needs glibc 2.17 or newer, and this system has 2.12'],
      [
        'manylinux_2_28_x86_64',
        { platform: 'linux', arch: 'x64' },
        'it needs glibc 2.28 or newer, and this system has another C library',
      ],
      ['manylinux_2_28_aarch64', LINUX, 'it is for manylinux_2_28_aarch64'],
      ['musllinux_1_2_x86_64', LINUX, 'it is for musl (Alpine), and this system has glibc'],
      ['win_amd64', LINUX, 'it is for win_amd64'],
      ['macosx_14_0_arm64', LINUX, 'it is for macosx_14_0_arm64'],
      ['macosx_14_0_arm64', MAC, undefined],
      ['macosx_11_0_universal2', MAC, undefined],
      ['macosx_15_0_arm64', MAC, 'it needs macOS 15.0 or newer, and this is 14.0'],
      ['manylinux_2_28_aarch64', MAC, 'it is for manylinux_2_28_aarch64'],
    ] as const)
      assert.equal(platformMismatch([tag], machine), expected, tag);
  });

  it('is for a machine where one of its platforms is', () => {
    assert.equal(platformMismatch(['win_amd64', 'manylinux_2_17_x86_64'], LINUX), undefined);
    assert.match(platformMismatch(['win_amd64', 'manylinux_2_39_x86_64'], LINUX)!, /^it needs glibc 2\.39/);
  });

  it('is compared with what this machine is', () => {
    const { platform, arch, glibc, macos } = currentMachine();
    assert.deepEqual([platform, arch], [process.platform, process.arch]);
    assert.ok((platform === 'linux' ? glibc : macos)!.every(Number.isInteger));
  });
});
