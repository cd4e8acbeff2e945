/** The thread of the server. It loads no addon, and knows of the trainings what their thread tells. */
import { parentPort, workerData } from 'node:worker_threads';
import { Access } from './access';
import type { FromServer, ServerOptions, ToServer } from './protocol';
import { RunRegistry } from './run-registry';
import { DashboardServer } from './server';

const send = (message: FromServer): void => parentPort!.postMessage(message);

async function serve(options: ServerOptions): Promise<void> {
  const registry = new RunRegistry(options.folders, (run, command) => send({ type: 'steer', run, command }));
  const server = new DashboardServer(registry, new Access(options));
  parentPort!.on('message', (message: ToServer) => {
    if (message.type !== 'close') registry.receive(message);
    else void server.close().finally(() => parentPort!.close());
  });
  try {
    send({ type: 'listening', port: await server.listen(options) });
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    send({ type: 'refused', code, message });
    parentPort!.close();
  }
}

void serve(workerData as ServerOptions);
