import type { Command } from 'commander';
import { portNumber } from './arguments';
import { interruptible } from './interrupt';
import { print } from './output';
import { terminal } from './terminal';

/** Adds `runs serve`: the dashboard for runs that are over, or that other processes train. */
export function addServe(runs: Command): void {
  runs
    .command('serve')
    .description('show runs in a browser, the running ones as they grow; Ctrl-C ends it')
    .argument('[folders...]', 'folders of runs, or runs (default: models)')
    .option('--port <number>', 'where to listen (default: a port that is free)', portNumber)
    .option('--host <address>', 'the address of an interface (default: 127.0.0.1, this machine alone)')
    .action(async (folders: string[], { port = 0, host = '127.0.0.1' }: { port?: number; host?: string }) => {
      const { serveRuns } = require('../train/dashboard/serve-runs') as typeof import('../train/dashboard/serve-runs');
      const server = await serveRuns(folders.length > 0 ? folders : ['models'], { host, port });
      print(server.address);
      await interruption();
      await server.close();
    });
}

function interruption(): Promise<void> {
  return new Promise((resolve) => {
    const { signal, stop } = interruptible((reason) => terminal.say(`${reason}: closing`));
    signal.addEventListener('abort', () => {
      stop();
      resolve();
    });
  });
}
