import type { Session } from '../reproduce/run-file';
import type { RunFacts } from './protocol';

/** What a session ran under, as rows. */
export function conditionRows(session: Session): RunFacts['conditions'] {
  const { command, git, gpu, processor, capability, ...rest } = session;
  return [
    ['command', command.join(' ')],
    ['folder', rest.folder],
    ['git', git ? `${git.revision.slice(0, 12)}${git.clean === false ? ', changed' : ''}` : 'none'],
    ['device', gpu === null ? String(rest.device) : `${rest.device} (${gpu})`],
    ['processor', `${processor}, ${capability}`],
    ['threads', String(rest.threads)],
    ['platform', rest.platform],
    ['versions', `torchts ${rest.torchts}, libtorch ${rest.libtorch}, Node.js ${rest.node}`],
  ];
}
