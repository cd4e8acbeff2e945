import { InputError } from '../../errors';

/** What the system says of an address that cannot be listened at, in a sentence. */
export function listenError(
  { code, message }: { readonly code: string; readonly message: string },
  { host, port }: { readonly host: string; readonly port: number },
): InputError {
  const sentences: Readonly<Record<string, string>> = {
    EADDRINUSE: `Port ${port} of ${host} is in use: name another one, or none to take one that is free.`,
    EACCES: `Port ${port} of ${host} is not for this user: name one from 1024 on, or none to take one that is free.`,
    EADDRNOTAVAIL: `${host} is no address of this machine: name one of its addresses, or 127.0.0.1 for itself alone.`,
    ENOTFOUND: `There is no address ${host}: name one of this machine, or 127.0.0.1 for itself alone.`,
  };
  return new InputError(sentences[code] ?? `The dashboard cannot listen at ${host}, port ${port}: ${message}.`);
}
