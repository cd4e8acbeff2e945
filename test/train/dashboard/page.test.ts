import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import sharp from 'sharp';
import { TrainControls } from '../../../ts/train/controls';
import { Dashboard } from '../../../ts/train/dashboard/dashboard';
import { readLearningRateChanges } from '../../../ts/train/learning-rate-changes';
import { readMetricsLog } from '../../../ts/train/metrics-logger';
import { RunFolder } from '../../../ts/train/run';
import { readState } from '../../../ts/train/state';
import { resumeToy, toy, type ToyOptions } from '../toy';
import { chromiumPath, launch, poorContrasts } from './chromium';

const REPOSITORY = join(__dirname, '../../..');
const executable = chromiumPath();

describe("the dashboard's scripts", () => {
  it('agree with the types of what the server tells', function () {
    this.timeout(300_000);
    const tsc = join(REPOSITORY, 'node_modules/typescript/bin/tsc');
    const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', 'data/dashboard'], {
      cwd: REPOSITORY,
      encoding: 'utf8',
    });
    assert.equal(stdout, '');
    assert.equal(status, 0);
  });
});

describe(`the page of the dashboard${executable ? '' : ' (skipped: no Chromium on the path, name one by CHROMIUM)'}`, function () {
  if (executable === undefined) {
    it.skip('is driven in a browser');
    return;
  }
  let root: string;
  let browser: Browser;
  let jpeg: Buffer;
  const problems: string[] = [];
  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'page-'));
    browser = await launch(executable);
    jpeg = await sharp({ create: { width: 64, height: 48, channels: 3, background: 'teal' } })
      .jpeg()
      .toBuffer();
  });
  after(async () => {
    await browser.close();
    rmSync(root, { recursive: true });
  });
  beforeEach(() => void problems.splice(0));
  afterEach(() => assert.deepEqual(problems, []));

  const evaluate: ToyOptions['evaluate'] = (_, log) => {
    log.image('val/first', jpeg);
    log.text('val/note', 'what an evaluation says');
    return { loss: 0.25, accuracy: 0.75, coverage: 12 };
  };

  /** A page at an address, of which nothing may go wrong or elsewhere. */
  const open = async (address: string, options: BrowserContextOptions = {}): Promise<Page> => {
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })).newPage();
    page.setDefaultTimeout(15_000);
    page.on('pageerror', (error) => problems.push(String(error.stack)));
    page.on(
      'console',
      (message) => message.type() === 'error' && problems.push(`${message.text()} ${message.location().url}`),
    );
    page.on('request', (request) => {
      const { origin, protocol } = new URL(request.url());
      if (origin !== new URL(address).origin && protocol !== 'data:') problems.push(`asks ${request.url()}`);
    });
    await page.goto(address);
    return page;
  };

  /** Trains the toy, which waits after some steps until it is let go. */
  const train = (name: string, gates: readonly number[], options: ToyOptions = {}) => {
    const opened = new Map<number, () => void>();
    const waits = new Map(gates.map((step) => [step, new Promise<void>((resolve) => opened.set(step, resolve))]));
    const run = RunFolder.create(join(root, name), { note: 'toy' });
    const { trainer } = toy(run, {
      evaluate,
      plan: { logSteps: 1 },
      ...options,
      fit: { onStep: ({ step }) => waits.get(step), ...options.fit },
    });
    const done = trainer.fit().finally(() => run.release());
    return { run, done, goOn: (step: number) => opened.get(step)!() };
  };
  const log = (page: Page, text: string) => page.getByRole('log').getByText(text).first().waitFor();
  const state = (page: Page, text: string) => page.locator('#run-state').getByText(text, { exact: true }).waitFor();
  const legend = (page: Page, key: string) => page.locator(`[data-key="${key}"] .legend`);

  /** Ends a dashboard once the page has all that it will ask for. */
  const close = async (dashboard: Dashboard, page: Page) => {
    await page.waitForFunction(`[...document.images].every((image) => image.complete)`);
    await dashboard.close();
    await page.getByText('the server has ended').waitFor();
  };

  it('shows a training as it goes, and its buttons steer it', async () => {
    const dashboard = await Dashboard.open();
    const { run, done, goOn } = train('steered', [6], { fit: { dashboard } });
    const page = await open(dashboard.address);
    await state(page, 'training');
    await page.getByText(/step.6.of.12/).waitFor();
    assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), 'torchts steered');
    assert.match(await page.title(), /^50 % steered · torchts$/);

    // By the keyboard alone.
    await page.getByRole('button', { name: 'Pause' }).focus();
    await page.keyboard.press('Enter');
    await state(page, 'pausing');
    goOn(6);
    await state(page, 'paused');
    await log(page, 'paused after step 6');
    await page.getByRole('button', { name: 'Double the learning rate' }).click();
    await log(page, 'learning rate × 2 after step 6');
    await page.getByRole('button', { name: 'Halve the learning rate' }).click();
    await page.getByRole('button', { name: 'Halve the learning rate' }).click();
    await log(page, 'learning rate × 0.5 after step 6');
    await page.getByRole('button', { name: 'Checkpoint now' }).click();
    await log(page, 'checkpoint of step 6 saved');
    assert.equal(readState(run.checkpoint('last')).loop.step, 6);

    const stop = page.getByRole('button', { name: 'Stop after epoch 2', exact: true });
    await stop.click();
    await page.getByRole('button', { name: 'Do not stop after epoch 2' }).click();
    await stop.waitFor();
    await stop.click();
    await page.getByRole('button', { name: 'Do not stop after epoch 2' }).waitFor();
    await page.getByRole('button', { name: 'Go on' }).click();
    assert.equal((await done).outcome, 'interrupted');
    await state(page, 'stopped');
    await page.getByText('after step 8, 2 of 2').waitFor();
    assert.equal(readState(run.checkpoint('last')).loop.step, 8);
    assert.deepEqual(
      readLearningRateChanges(run.path).map(({ factor }) => factor),
      [2, 0.5, 0.5],
    );
    await page.getByRole('group', { name: 'Steer the training' }).waitFor({ state: 'hidden' });
    await close(dashboard, page);
  });

  it('draws what metrics.jsonl has, and the images of each evaluation', async () => {
    const dashboard = await Dashboard.open();
    const { run, done, goOn } = train('drawn', [9], { fit: { dashboard } });
    const page = await open(dashboard.address);
    const lastLoss = () => {
      const line = readMetricsLog(run.file('metrics.jsonl')).findLast(({ kind }) => kind === 'train');
      return String(Number((line!['loss'] as number).toPrecision((line!['loss'] as number) >= 1 ? 4 : 3)));
    };
    await page.getByText(/step.9.of.12/).waitFor();
    await legend(page, 'loss').getByText(lastLoss()).waitFor();
    assert.equal(await legend(page, 'accuracy').textContent(), '75 %');
    const keys = await page
      .locator('#charts .chart')
      .evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset['key']));
    assert.deepEqual(keys, ['loss', 'accuracy', 'lr', 'gradNorm', 'samplesPerSecond', 'dataWait', 'memory']);
    assert.equal(await page.locator('#charts canvas').count(), 7);
    assert.match(
      (await page.locator('[data-key=loss]').getAttribute('aria-label'))!,
      /^Loss: train [\d.]+, val 0\.25$/,
    );
    await page.getByText('More curves').click();
    await page.locator('#more-charts [data-key=coverage] canvas').waitFor();

    const isDrawn = () => page.locator('#gallery img').evaluate((image: HTMLImageElement) => image.naturalWidth);
    await page.getByText('after step 8, 2 of 2').waitFor();
    assert.equal(await isDrawn(), 64);
    await page.getByText('what an evaluation says').waitFor();
    await page.getByRole('button', { name: 'Evaluation before' }).click();
    await page.getByText('after step 4, 1 of 2').waitFor();
    assert.ok(await page.getByRole('button', { name: 'Evaluation before' }).isDisabled());
    await page.getByRole('slider', { name: 'Evaluation' }).press('ArrowRight');
    await page.getByRole('button', { name: 'Enlarge val/first, after step 8' }).click();
    await page.getByRole('dialog').getByText('val/first, after step 8').waitFor();
    await page.keyboard.press('Escape');

    await page.getByLabel('Smooth').fill('0.9');
    await page.getByLabel('logarithmic loss').check();
    await page.getByRole('combobox', { name: 'Over' }).selectOption('time');
    goOn(9);
    await done;
    await state(page, 'finished');
    await page.getByText('after step 12, 3 of 3').waitFor();
    await close(dashboard, page);
  });

  it('comes back by itself, and draws a resumed run with all that was before', async () => {
    const dashboard = await Dashboard.open();
    const controls = new TrainControls();
    const first = train('resumed', [5], { fit: { dashboard, controls } });
    const page = await open(dashboard.address);
    await page.getByText(/step.5.of.12/).waitFor();
    controls.stopAfterEpoch();
    first.goOn(5);
    await first.done;
    await state(page, 'stopped');
    await resumeToy(first.run.path, { evaluate, plan: { logSteps: 1 }, fit: { dashboard } });
    await page.reload();
    await page
      .getByText(/step.12.of.12/)
      .first()
      .waitFor();
    await page.getByText('after step 12, 3 of 3').waitFor();
    await close(dashboard, page);
  });

  it('shows several runs in one view', async () => {
    const dashboard = await Dashboard.open();
    const [one, two] = [train('one', [6], { fit: { dashboard } }), train('two', [6], { fit: { dashboard } })];
    const page = await open(dashboard.address);
    await page.getByRole('checkbox', { name: 'Draw one' }).check();
    await legend(page, 'loss').getByText('one (val)').waitFor();
    assert.equal(await legend(page, 'loss').getByRole('listitem').count(), 4);
    await page.getByRole('button', { name: /^one/ }).click();
    await page.getByRole('heading', { name: 'torchts one' }).waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    one.goOn(6);
    await state(page, 'paused');
    two.goOn(6);
    await two.done;
    await page.getByRole('button', { name: 'Go on' }).click();
    await one.done;
    await state(page, 'finished');
    // What is drawn stands in the address.
    await page.reload();
    await page.getByRole('heading', { name: 'torchts one' }).waitFor();
    await page.getByText('after step 12, 3 of 3').waitFor();
    await close(dashboard, page);
  });

  for (const [name, options] of [
    ['light', { colorScheme: 'light' }],
    ['dark', { colorScheme: 'dark' }],
    ['on a phone', { colorScheme: 'dark', viewport: { width: 390, height: 844 }, hasTouch: true }],
  ] as const) {
    it(`can be read, ${name}`, async () => {
      const dashboard = await Dashboard.open();
      const { done, goOn } = train(`read ${name}`, [5], { fit: { dashboard } });
      const page = await open(dashboard.address, options);
      await page.getByText('after step 4, 1 of 1').waitFor();
      await page.getByText('Configuration', { exact: true }).click();
      // A function that esbuild has compiled names others by a helper, which the page lacks.
      const look = `(() => { const __name = (value) => value; return (${poorContrasts.toString()})(); })()`;
      assert.deepEqual(await page.evaluate(look), []);
      const { width, small } = (await page.evaluate(`({
        width: document.documentElement.scrollWidth,
        small: [...document.querySelectorAll('button, select, input, summary, a')]
          .filter((one) => one.checkVisibility() && !one.matches('.skip'))
          .flatMap((one) => { const { height, width } = one.getBoundingClientRect(); return Math.min(height, width) < 16 ? [one.outerHTML] : []; }),
      })`)) as { width: number; small: string[] };
      assert.ok(width <= page.viewportSize()!.width, `the page is ${width} pixels wide`);
      assert.deepEqual(small, []);
      const unnamed = await page.evaluate(`[...document.querySelectorAll('button, input, select, img')]
        .filter((one) => one.checkVisibility() && !(one.ariaLabel || one.textContent.trim() || one.labels?.length || one.alt))
        .map((one) => one.outerHTML)`);
      assert.deepEqual(unnamed, []);
      goOn(5);
      await done;
      await page.getByText('after step 12, 3 of 3').waitFor();
      await close(dashboard, page);
    });
  }

  it('is refused without its token', async () => {
    const dashboard = await Dashboard.open();
    const page = await (await browser.newContext()).newPage();
    assert.equal((await page.goto(new URL(dashboard.address).origin))!.status(), 401);
    await dashboard.close();
  });

  it('shows a report in a frame of its own that reaches nothing', async () => {
    const dashboard = await Dashboard.open();
    const { run, done, goOn } = train('reported', [5], { fit: { dashboard } });
    writeFileSync(
      run.file('report.html'),
      '<!doctype html><title>r</title><p>the report</p><script>document.title = self.origin</script>',
    );
    const page = await open(dashboard.address);
    const link = page.getByRole('link', { name: 'Report' });
    const [report] = await Promise.all([page.waitForEvent('popup'), link.click()]);
    await report.getByText('the report').waitFor();
    assert.equal(await report.title(), 'null', 'its origin is nobody');
    goOn(5);
    await done;
    await page.getByText('after step 12, 3 of 3').waitFor();
    await close(dashboard, page);
  });
});
