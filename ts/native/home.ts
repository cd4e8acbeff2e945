import { homedir, userInfo } from 'node:os';
import { isAbsolute } from 'node:path';
import { InputError } from '../errors';
import { isError } from './realm';

/**
 * The home of the user: `HOME`, else what the system's list of users names.
 * @throws InputError when there is none: `os.homedir` throws where a user is in no list, as in many containers
 */
export function homeFolder(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.HOME) return environment.HOME;
  let home = '';
  try {
    // An empty HOME is passed on as it is.
    home = homedir() || userInfo().homedir;
  } catch (error) {
    if (!isError(error)) throw error;
  }
  if (isAbsolute(home)) return home;
  throw new InputError(
    'No home folder is known for the cache: HOME is not set, and the system has none for this user; set HOME or XDG_CACHE_HOME to a folder that can be written.',
  );
}
