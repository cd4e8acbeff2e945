import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../../ts/errors';
import { pythonIndexes } from '../../../ts/native/libtorch/indexes';
import { fetchWheels, flavourOf } from '../../../ts/native/libtorch/wheels';
import { WheelSearch } from '../../../ts/native/libtorch/wheel-search';
import { type Flavour } from '../../../ts/native/libtorch/flavour';
import { silent } from '../../../ts/native/listener';
import { LIBTORCH_VERSION } from '../../../ts/native/package';
import { serve, TestServer } from '../server';
import { Machine, PLATFORM_TAG, torchWheel, wheelOf } from './machine';

const V = LIBTORCH_VERSION;
const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');
const torchName = (version: string, tag = PLATFORM_TAG): string => `torch-${version}-cp311-cp311-${tag}.whl`;

describe('wheels of an index', () => {
  let machine: Machine;
  let server: TestServer;
  let origin: string;
  let files: Record<string, Buffer | readonly [string, string]>;
  let folder: string;
  beforeEach(async () => {
    machine = new Machine();
    folder = join(machine.root, 'downloads');
    files = {};
    server = await TestServer.start(serve(() => files));
    ({ origin } = server);
    for (const name of ['PIP_NO_INDEX', 'PIP_FIND_LINKS']) delete process.env[name];
    process.env.PIP_INDEX_URL = `${server.origin}/simple`;
  });
  afterEach(() => {
    server.stop();
    machine.restore();
  });

  const fetchNames = async (flavour: Flavour = 'cpu', version = V): Promise<string[]> =>
    (await fetchWheels(version, flavour, folder, silent, `${origin}/pytorch`)).map(({ name }) => name);
  const page = (links: readonly string[]): readonly [string, string] => [
    'text/html',
    `<!DOCTYPE html><html><body>${links.map((link) => `<a href="${link}">x</a>`).join('<br>')}</body></html>`,
  ];
  /** A page of a package at an index, with the files behind it. */
  const offer = (project: string, wheels: Readonly<Record<string, Buffer>>, index = '/simple'): void => {
    const links = Object.entries(wheels).map(([name, content]) => {
      files[`/files/${name}`] = content;
      return `/files/${encodeURIComponent(name)}#sha256=${sha256(content)}`;
    });
    files[`${index}/${project}/`] = page(links);
  };
  const reasonOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'none',
      (error: unknown) => {
        assert.ok(error instanceof InputError, String(error));
        return error.message;
      },
    );

  it('come from an HTML page, the build with its flavour before the one without', async () => {
    offer('torch', {
      [torchName(V)]: torchWheel(),
      [torchName(`${V}+cpu`)]: torchWheel(),
      [torchName('2.99.0+cpu')]: torchWheel(),
    });
    assert.deepEqual(await fetchNames(), [torchName(`${V}+cpu`)]);
    assert.deepEqual(readFileSync(join(folder, torchName(`${V}+cpu`))), torchWheel());
  });

  it('come from a JSON page', async () => {
    const content = torchWheel();
    files['/w/torch'] = content;
    const file = { filename: torchName(`${V}+cpu`), url: '../../w/torch', hashes: { sha256: sha256(content) } };
    files['/simple/torch/'] = [
      'application/vnd.pypi.simple.v1+json',
      JSON.stringify({ meta: { 'api-version': '1.1' }, name: 'torch', files: [{ ...file, size: content.length }] }),
    ];
    assert.deepEqual(await fetchNames(), [file.filename]);
    assert.match(server.requests[0]!.headers.accept!, /^application\/vnd\.pypi\.simple\.v1\+json, .*text\/html;q=/);
  });

  it('come from a folder of wheels, a page of links or an index, whichever TORCHTS_INDEX names, and are left on the disk', async () => {
    const wheel = machine.wheel();
    delete process.env.PIP_INDEX_URL;
    process.env.PIP_NO_INDEX = '1';
    files['/links'] = page([`/files/${encodeURIComponent(torchName(`${V}+cpu`))}`]);
    files[`/files/${torchName(`${V}+cpu`)}`] = torchWheel();
    offer('torch', { [torchName(`${V}+cpu`)]: torchWheel() }, '/root');
    const local = machine.write(join(machine.root, 'index', 'torch'), {
      'index.html': page([`../../wheels/${torchName(`${V}%2Bcpu`)}`])[1],
    });
    for (const address of [
      machine.wheels,
      `file://${machine.wheels}`,
      join(local, '..'),
      `${server.origin}/links`,
      `${server.origin}/root/`,
      `/no/such/folder ${machine.wheels}`,
    ]) {
      process.env.TORCHTS_INDEX = address;
      const [archive] = await fetchWheels(V, 'cpu', folder, silent, server.origin);
      assert.equal(archive!.name, torchName(`${V}+cpu`), address);
      assert.equal(archive!.path === wheel, !address.startsWith('http'), address);
    }
  });

  it('are looked for in TORCHTS_INDEX, then where pip looks, then at PyTorch, then in PyPI', () => {
    process.env.TORCHTS_INDEX = 'https://a.example/simple /opt/wheels';
    process.env.PIP_FIND_LINKS = '/b';
    process.env.PIP_EXTRA_INDEX_URL = 'https://d.example/simple\nhttps://e.example/simple';
    process.env.PIP_INDEX_URL = 'https://c.example/simple';
    const addresses = (): string[] =>
      pythonIndexes('cu130', 'https://pytorch.example').locations.map(({ address }) => address);
    const pip = ['https://c.example/simple', 'https://d.example/simple', 'https://e.example/simple'];
    const own = ['https://a.example/simple', '/opt/wheels', '/b'];
    assert.deepEqual(addresses(), [...own, ...pip, 'https://pytorch.example/whl/cu130']);
    delete process.env.PIP_INDEX_URL;
    assert.deepEqual(addresses(), [
      ...own,
      ...pip.slice(1),
      'https://pytorch.example/whl/cu130',
      'https://pypi.org/simple',
    ]);
    process.env.PIP_NO_INDEX = 'true';
    assert.deepEqual(addresses(), own);
  });

  it("come from PyTorch's own index where no other has them, and a mirror stands for it", async () => {
    offer('torch', { [torchName(`${V}+cpu`)]: torchWheel() }, '/pytorch/whl/cpu');
    assert.deepEqual(await fetchNames(), [torchName(`${V}+cpu`)]);
    process.env.TORCHTS_MIRROR = 'https://mirror.example/pytorch/';
    assert.equal(pythonIndexes('cpu').locations.at(-1)!.address, 'https://mirror.example/pytorch/whl/cpu');
  });

  it('are asked for with the user and password of the address, which are sent to that host alone and not printed', async () => {
    const other = await TestServer.start(serve(() => files));
    try {
      offer('torch', { [torchName(`${V}+cpu`)]: torchWheel() });
      files['/simple/torch/'] = page([`${other.origin}/files/${encodeURIComponent(torchName(`${V}+cpu`))}`]);
      process.env.PIP_INDEX_URL = `${server.origin.replace('//', '//me:secret@')}/simple`;
      await fetchNames();
      const basic = `Basic ${Buffer.from('me:secret').toString('base64')}`;
      assert.equal(server.requests[0]!.headers.authorization, basic);
      assert.equal(other.requests[0]!.headers.authorization, undefined);

      offer('torch', { [torchName(`${V}+cpu`)]: torchWheel() });
      server.requests.length = 0;
      await fetchWheels(V, 'cpu', join(folder, 'again'), silent, server.origin);
      assert.deepEqual(
        server.requests.map(({ headers }) => headers.authorization),
        [basic, basic],
      );

      server.handler = (_, response) => void response.writeHead(401).end();
      const message = await reasonOf(fetchNames());
      assert.match(message, /it answered 401 Unauthorized; check the user and password in its address/);
      assert.doesNotMatch(message, /secret/);
    } finally {
      other.stop();
    }
  });

  it('that were withdrawn are taken only where there is nothing else', async () => {
    offer('torch', { [torchName(`${V}+cpu`)]: torchWheel(), [torchName(`${V}+cpu`, `1_x`)]: torchWheel() });
    const link = `/files/${encodeURIComponent(torchName(`${V}+cpu`))}`;
    const later = torchName(`${V}+cpu`).replace(/cp311/g, 'cp399');
    files[`/files/${later}`] = torchWheel();
    const withdrawn = `<a data-yanked="broken" href="${link}">x</a>`;
    files['/simple/torch/'] = ['text/html', `${withdrawn}<a href="/files/${encodeURIComponent(later)}">x</a>`];
    assert.deepEqual(await fetchNames(), [later]);
    files['/simple/torch/'] = ['text/html', withdrawn];
    assert.deepEqual(await fetchNames(), [torchName(`${V}+cpu`)]);
  });

  it('with another content than the index or PyTorch tells are refused', async () => {
    const name = torchName(`${V}+cpu`);
    offer('torch', { [name]: torchWheel() });
    files[`/files/${name}`] = torchWheel('2.12.0');
    await assert.rejects(fetchNames(), /has the wrong content: expected sha256 [0-9a-f]{64}, found [0-9a-f]{64}/);
    assert.ok(!existsSync(join(folder, name)));

    const pinned = `torch-2.13.0+cpu-cp311-cp311-manylinux_2_28_x86_64.whl`;
    writeFileSync(join(machine.wheels, pinned), torchWheel('2.13.0'));
    process.env.TORCHTS_INDEX = machine.wheels;
    if (process.platform !== 'linux' || process.arch !== 'x64') return;
    await assert.rejects(
      fetchNames('cpu', '2.13.0'),
      /torch-2\.13\.0\+cpu\S+ has the wrong content: expected sha256 6746dbcb/,
    );
    delete process.env.TORCHTS_INDEX;
    offer('torch', { [pinned]: torchWheel('2.13.0') });
    assert.match(
      await reasonOf(fetchNames('cpu', '2.13.0')),
      /\/simple has another torch-2\.13\.0\S+ than PyTorch published: its sha256 is [0-9a-f]{64}, expected 6746dbcb\w+; use another index\.$/,
    );
  });

  it('are not taken for another build: without a flavour in its version, the metadata tells it', async () => {
    const cuda = ['cuda-toolkit[cublas]==13.0.3; platform_system == "Linux"'];
    machine.write(machine.wheels, {});
    writeFileSync(join(machine.wheels, torchName(V)), torchWheel(V, 'cu130', {}, cuda));
    process.env.TORCHTS_INDEX = machine.wheels;
    assert.match(
      await reasonOf(fetchNames()),
      /has torch [\d.]+ as cu130: ask for that with `torchts setup --flavour cu130`, or name an index that has cpu in TORCHTS_INDEX\.$/,
    );
    writeFileSync(join(machine.wheels, torchName(V)), torchWheel(V, 'cpu'));
    assert.deepEqual(await fetchNames(), [torchName(V)]);
    for (const [requires, flavour] of [
      [[], 'cpu'],
      [['filelock'], 'cpu'],
      [['nvidia-cuda-runtime-cu12==12.6.77; platform_system == "Linux"'], 'cu126'],
      [cuda, 'cu130'],
    ] as const)
      assert.equal(flavourOf(requires.map((text) => `Requires-Dist: ${text}`).join('\n')), flavour);
  });

  it('ask for metadata beside the wheel before a CUDA build is fetched in vain', async () => {
    files['/simple/torch/'] = ['text/html', `<a data-core-metadata="true" href="/files/${torchName(V)}">x</a>`];
    files[`/files/${torchName(V)}.metadata`] = ['text/plain', 'Name: torch\nRequires-Dist: cuda-toolkit==13.0.3\n\n'];
    assert.match(await reasonOf(fetchNames()), /has torch [\d.]+ as cu130/);
    assert.ok(!server.paths.includes(`/files/${torchName(V)}`));
  });

  describe('of a CUDA build', () => {
    const library = (name: string, version: string, requires: string[] = []): Buffer =>
      wheelOf(name, version, { [`nvidia/cu13/lib/lib${name}.so.13`]: `${name} ${version}` }, requires);
    const name = (project: string, version: string): string => `${project}-${version}-py3-none-any.whl`;

    beforeEach(function () {
      if (process.platform !== 'linux') this.skip();
      const requires = [
        'filelock',
        'cuda-toolkit[cublas,cufft]==13.0.3; platform_system == "Linux"',
        'nvidia-cudnn-cu13==9.2.0; platform_system == "Linux"',
        'nvidia-windows==1.0; platform_system == "Windows"',
        'triton~=3.8.0; platform_system == "Linux"',
      ];
      offer('torch', { [torchName(`${V}+cu130`)]: torchWheel(V, 'cu130', {}, requires) });
      const toolkit = wheelOf('cuda_toolkit', '13.0.3.0', {}, [
        'nvidia-cublas==13.1.1.3.*; (sys_platform == "linux" or sys_platform == "win32") and extra == "cublas"',
        'nvidia-cufft==12.0.0; extra == "cufft"',
        'nvidia-nvjitlink<14,>=13.0.88; extra == "cufft"',
        'nvidia-npp==13.0; extra == "npp"',
      ]);
      offer('cuda-toolkit', { [name('cuda_toolkit', '13.0.3.0')]: toolkit });
      offer('nvidia-cudnn-cu13', {
        [name('nvidia_cudnn_cu13', '9.2.0')]: library('cudnn', '9.2.0', ['nvidia-cublas']),
      });
      offer('nvidia-cublas', {
        [name('nvidia_cublas', '13.1.1.3')]: library('cublas', '13.1.1.3'),
        [name('nvidia_cublas', '13.2.0')]: library('cublas', '13.2.0'),
      });
      offer('nvidia-cufft', { [name('nvidia_cufft', '12.0.0')]: library('cufft', '12.0.0') });
      offer('nvidia-nvjitlink', {
        [name('nvidia_nvjitlink', '13.0.88')]: library('nvjitlink', '13.0.88'),
        [name('nvidia_nvjitlink', '13.4.92')]: library('nvjitlink', '13.4.92'),
        [name('nvidia_nvjitlink', '13.5rc1')]: library('nvjitlink', '13.5rc1'),
        [name('nvidia_nvjitlink', '14.0')]: library('nvjitlink', '14.0'),
      });
    });

    it('come with the NVIDIA libraries that it asks for, and those that they ask for, in the versions that pip takes', async () => {
      assert.deepEqual((await fetchNames('cu130')).sort(), [
        name('cuda_toolkit', '13.0.3.0'),
        name('nvidia_cublas', '13.1.1.3'),
        name('nvidia_cudnn_cu13', '9.2.0'),
        name('nvidia_cufft', '12.0.0'),
        name('nvidia_nvjitlink', '13.4.92'),
        torchName(`${V}+cu130`),
      ]);
    });

    it('are missing with a sentence that says which and what the index has', async () => {
      offer('nvidia-cufft', { [name('nvidia_cufft', '12.1.0')]: library('cufft', '12.1.0') });
      assert.match(
        await reasonOf(fetchNames('cu130')),
        /^nvidia-cufft ==12\.0\.0 is in no package index \(\S+\/simple: it has nvidia-cufft 12\.1\.0; .*\): name one that has it in TORCHTS_INDEX\.$/,
      );
    });

    it('that contradict each other are refused', async () => {
      const needy = library('cufft', '12.0.0', ['nvidia-cublas>=13.2']);
      offer('nvidia-cufft', { [name('nvidia_cufft', '12.0.0')]: needy });
      assert.match(
        await reasonOf(fetchNames('cu130')),
        /contradict each other: one asks for nvidia-cublas >=13\.2, and for others it is 13\.1\.1\.3/,
      );
    });
  });

  describe('that cannot be had', () => {
    const reason = async (): Promise<string> => {
      const message = await reasonOf(fetchNames());
      const found =
        /^torch \S+\+cpu is in no package index \(\S+\/simple: (.*); http:\S+: .*\): name one that has it in TORCHTS_INDEX\.$/.exec(
          message,
        );
      return found?.[1] ?? message;
    };

    it('are missing from an index that has other versions, or does not know the package', async () => {
      assert.equal(await reason(), 'it has no wheel of torch');
      offer('torch', { [torchName('2.12.0+cpu')]: torchWheel(), [torchName('2.14.0+cpu')]: torchWheel() });
      assert.equal(await reason(), 'it has torch 2.14.0+cpu, 2.12.0+cpu');
    });

    it('are for musl, a newer glibc or another processor', async function () {
      if (process.platform !== 'linux') this.skip();
      const arch = process.arch === 'x64' ? 'x86_64' : 'aarch64';
      for (const [tag, expected] of [
        [`musllinux_1_2_${arch}`, /^it is for musl \(Alpine\), and this system has glibc$/],
        [`manylinux_2_99_${arch}`, /^it needs glibc 2\.99 or newer, and this system has 2\.\d+$/],
        ['manylinux_2_28_i686', /^it is for manylinux_2_28_i686$/],
      ] as const) {
        offer('torch', { [torchName(`${V}+cpu`, tag)]: torchWheel() });
        assert.match(await reason(), expected);
      }
    });

    it('are behind a page that is HTML and says it is JSON', async () => {
      files['/simple/torch/'] = ['application/vnd.pypi.simple.v1+json', '<!doctype html><form>Log in</form>'];
      assert.match(await reason(), /^it announces JSON and sends "<!doctype html><form"; a page of a proxy or a login/);
      files['/simple/torch/'] = ['text/html', '<!doctype html><form>Log in</form>'];
      assert.equal(await reason(), 'it has no wheel of torch');
    });

    it('are behind redirects without end, an error of the server, or a server that never answers', async () => {
      server.handler = (_, response) => void response.writeHead(302, { location: '/simple/torch/' }).end();
      assert.equal(await reason(), 'it redirects without end');
      server.handler = (_, response) => void response.writeHead(503).end();
      assert.equal(await reason(), 'it answered 503 Service Unavailable');
      process.env.PIP_TIMEOUT = '0.2';
      server.handler = () => {};
      assert.equal(await reason(), 'it sent nothing for 0.2 s');
      server.stop();
      assert.equal(await reason(), 'its host refused the connection');
    });

    it('are listed by an index and not there', async () => {
      offer('torch', { [torchName(`${V}+cpu`)]: torchWheel() });
      delete files[`/files/${torchName(`${V}+cpu`)}`];
      await assert.rejects(fetchNames(), /\/files\/torch-\S+ answered 404 Not Found\.$/);
      const index = machine.write(join(machine.root, 'index', 'torch'), {
        'index.html': page([torchName(`${V}%2Bcpu`)])[1],
      });
      process.env.TORCHTS_INDEX = join(index, '..');
      assert.match(await reasonOf(fetchNames()), /^The index names \S+torch-\S+\.whl, and there is no such file\.$/);
    });
  });

  it('are refused from an address that is none, in one sentence', async () => {
    process.env.TORCHTS_INDEX = 'file://opt/wheels ftp://index.example/simple';
    const message = await reasonOf(fetchNames());
    assert.match(message, /file:\/\/opt\/wheels: it is no address of a file on this machine, which has three slashes/);
    assert.match(
      message,
      /ftp:\/\/index\.example\/simple: it is neither a folder nor an address of http, https or file/,
    );
    process.env.TORCHTS_MIRROR = 'mirror.example/pytorch';
    assert.throws(() => pythonIndexes('cpu'), {
      name: 'InputError',
      message:
        "TORCHTS_MIRROR: expected the address of a mirror, such as https://mirror.example.org/pytorch, found 'mirror.example/pytorch'; correct or unset the variable.",
    });
  });

  it('are asked of each index once', async () => {
    const search = new WheelSearch(pythonIndexes('cpu', server.origin));
    const wanted = { project: 'torch', text: 'torch', accepts: () => true };
    await search.first(wanted);
    await search.refusal(wanted);
    assert.equal(server.paths.filter((path) => path === '/simple/torch/').length, 1);
  });
});
