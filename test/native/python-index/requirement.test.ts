import assert from 'node:assert/strict';
import {
  isAskedFor,
  markerEnvironment,
  parseRequirement,
  requirementsOf,
} from '../../../ts/native/python-index/requirement';

describe('a requirement of a Python package', () => {
  it('has a name, extras, versions and a marker', () => {
    assert.deepEqual(parseRequirement('Cuda_Toolkit[cublas, nvRTC]==13.0.3; platform_system == "Linux"'), {
      name: 'cuda-toolkit',
      extras: ['cublas', 'nvrtc'],
      specifier: '==13.0.3',
      marker: 'platform_system == "Linux"',
    });
    assert.deepEqual(parseRequirement('nvidia-nvjitlink (<14,>=13.0.88)'), {
      name: 'nvidia-nvjitlink',
      extras: [],
      specifier: '<14,>=13.0.88',
      marker: '',
    });
    assert.throws(
      () => parseRequirement('==1.0'),
      /^InputError: Expected the requirement of a Python package, found '==1\.0'\.$/,
    );
  });

  it('stands in the headers of METADATA, not in its prose', () => {
    const metadata =
      'Name: torch\r\nRequires-Dist: filelock\r\nRequires-Dist: sympy>=1.13\r\n\r\nRequires-Dist: prose\r\n';
    assert.deepEqual(
      requirementsOf(metadata).map(({ name }) => name),
      ['filelock', 'sympy'],
    );
  });

  it('is asked for where its marker is true', () => {
    const linux = markerEnvironment('3.11', 'linux', 'x64');
    const mac = markerEnvironment('3.11', 'darwin', 'arm64');
    const toolkit =
      "(sys_platform == 'linux' and platform_machine == 'aarch64' or sys_platform == 'linux' and platform_machine == 'x86_64' or sys_platform == 'win32') and extra == 'cublas'";
    for (const [marker, environment, extras, expected] of [
      ['', linux, [], true],
      ['platform_system == "Linux"', linux, [], true],
      ['platform_system == "Linux"', mac, [], false],
      [toolkit, linux, ['nvrtc', 'cublas'], true],
      [toolkit, linux, ['nvrtc'], false],
      [toolkit, mac, ['cublas'], false],
      ['extra == "optree"', linux, [], false],
      ['python_version < "3.9"', linux, [], false],
      ['python_version >= "3.9"', linux, [], true],
      ["'arm' in platform_machine", mac, [], true],
      ["platform_machine not in 'x86_64 aarch64'", linux, [], false],
      // `and` binds tighter than `or`.
      ["os_name == 'posix' or os_name == 'nt' and os_name == 'java'", linux, [], true],
    ] as const)
      assert.equal(isAskedFor(marker, environment, extras), expected, marker);
  });

  it('is refused with a marker that nobody knows', () => {
    for (const marker of ['colour == "red"', 'os_name ==', '(os_name == "posix"', 'os_name == "posix" os_name'])
      assert.throws(
        () => isAskedFor(marker, markerEnvironment('3.11')),
        /Expected an environment marker of PEP 508/,
        marker,
      );
  });
});
