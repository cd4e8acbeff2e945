/** Shows the runs of folders, without a training: what `torchts runs serve` does. */
import { findRuns } from '../runs/summary';
import { Access } from './access';
import { addressOf, type DashboardOptions, newToken, requireServer } from './dashboard';
import { listenError } from './listen-error';
import { RunRegistry } from './run-registry';

/** A server of runs. */
export interface RunsServer {
  /** What to open, with the token that it asks for. */
  readonly address: string;
  /** Ends it. */
  close(): Promise<void>;
}

/**
 * Serves the runs of folders, those that another process trains too.
 * @throws InputError when a folder does not exist, when the port is in use, or when the package that serves is not installed
 */
export async function serveRuns(folders: readonly string[], { host, port }: DashboardOptions): Promise<RunsServer> {
  for (const folder of folders) findRuns(folder);
  requireServer();
  const { DashboardServer } = require('./server') as typeof import('./server');
  const token = newToken();
  const registry = new RunRegistry(folders, () => {});
  registry.refresh();
  const server = new DashboardServer(registry, new Access({ token, host }));
  try {
    return {
      address: addressOf({ host, port: await server.listen({ host, port }), token }),
      close: () => server.close(),
    };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw listenError({ code, message }, { host, port });
  }
}
