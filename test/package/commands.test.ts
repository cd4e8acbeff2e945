import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { vocFiles } from '../tasks/vocdet/small-detector';
import { commandsOf, TRIALS, type Command } from './commands';
import { REPOSITORY } from './packed';
import { Project } from './project';

const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(REPOSITORY, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const COMMANDS = PAGES.flatMap((page) => commandsOf(page, readFileSync(join(REPOSITORY, page), 'utf8')));

/** Those that differ, where they stand first, in the order of the pages. */
const DIFFERENT = COMMANDS.filter(({ text }, i) => COMMANDS.findIndex((command) => command.text === text) === i);

describe('the commands of README and docs', function () {
  this.timeout(300_000);
  let project: Project;

  before(async () => {
    project = await Project.create();
    await project.writeSmallFiles();
    await project.drawLittle();
    const birds = await vocFiles({ train: 4, val: 2, test: 2 }, ['robin', 'blackbird']);
    project.writeAll(Object.fromEntries(Object.entries(birds).map(([name, content]) => [`birds/${name}`, content])));
    project.writeAll({ 'birds/classes.txt': 'robin\nblackbird\n', 'few.txt': 'car\ndog\n' });
    const images = Object.keys(birds).filter((name) => name.endsWith('.png'));
    for (const name of images) project.write(`train2017/${basename(name)}`, birds[name]!);
    project.write(
      'instances_train.json',
      JSON.stringify({
        images: images.map((name, i) => ({ id: i + 1, file_name: basename(name), width: 64, height: 48 })),
        annotations: images.map((_, i) => ({
          id: i + 1,
          image_id: i + 1,
          category_id: 1,
          bbox: [5, 4, 25, 36],
          area: 900,
          iscrowd: 0,
        })),
        categories: [{ id: 1, name: 'robin' }],
      }),
    );
  });
  after(() => project.remove());

  it('are found', () => assert.ok(COMMANDS.length > 30, `found ${COMMANDS.length}`));

  it('are each in the table of trials, and nothing else is', () => {
    assert.deepEqual(
      DIFFERENT.filter(({ text }) => !Object.hasOwn(TRIALS, text)).map(({ at, text }) => `${at}: ${text}`),
      [],
    );
    assert.deepEqual(
      Object.keys(TRIALS).filter((text) => !COMMANDS.some((command) => command.text === text)),
      [],
    );
  });

  for (const command of DIFFERENT) {
    const trial = TRIALS[command.text];
    if (trial === undefined) continue;
    if ('not' in trial) {
      it(`could be run (${command.text}; not run: ${trial.not})`, () => looksRight(project, command));
      continue;
    }
    it(`run: ${command.text}`, async () => {
      const line = trial.run.replaceAll('$URL', project.url);
      const { status, output } = line.startsWith('make ')
        ? await project.make(line.slice('make '.length))
        : await project.run(line);
      assert.equal(status, trial.status ?? 0, `${line}\n${output}`);
      if (trial.prints) assert.match(output, trial.prints);
    });
  }
});

/** What can be seen of a command without running it: its target, script, program and options are there. */
async function looksRight(project: Project, { text }: Command): Promise<void> {
  const words = text.split(' ');
  if (words[0] === 'make') {
    assert.match(readFileSync(join(REPOSITORY, 'Makefile'), 'utf8'), new RegExp(`^${words[1]}:`, 'm'));
    return;
  }
  if (words[0] === 'npm') {
    assert.equal(words[1], 'install');
    return;
  }
  const [program, ...rest] = words[0] === 'npx' ? words.slice(1) : words;
  const options = rest.filter((word) => word.startsWith('--')).map((word) => word.replace(/[=:].*$/, ''));
  const names = ['torchts', 'facecls', 'vocdet'].includes(program!) ? rest.filter((word) => /^[a-z]+$/.test(word)) : [];
  const { status, output } = await project.run(`${program} ${names.join(' ')} --help`);
  assert.equal(status, 0, output);
  for (const option of options) assert.ok(output.includes(option), `${program} has no ${option}`);
}
