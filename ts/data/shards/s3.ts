/** Reads objects of stores with the interface of S3, by the client of AWS. */
import { Readable } from 'node:stream';
import type { GetObjectCommandOutput, S3Client } from '@aws-sdk/client-s3';
import { InputError } from '../../errors';
import { percentDecoded } from '../../native/http';
import { S3_PACKAGE } from '../../native/package';
import { isError } from '../../native/realm';

type Sdk = typeof import('@aws-sdk/client-s3');

let loaded: { readonly sdk: Sdk; readonly client: S3Client } | undefined;

/**
 * Asks for `s3://bucket/key`, and gives what a server of HTTP would: the object, or the part of it that `range` and `if-range` say.
 * Region, keys and profile are those that the client finds: in `AWS_*` variables, in `~/.aws`, or from the machine.
 * @throws InputError where the client is not installed, or knows no region or keys
 */
export async function s3Request(url: string, init: RequestInit = {}): Promise<Response> {
  const { headers, signal } = init;
  const { sdk, client } = (loaded ??= load());
  const { hostname, pathname } = new URL(url);
  const asked = new Headers(headers);
  const range = asked.get('range') ?? undefined;
  const command = new sdk.GetObjectCommand({
    Bucket: hostname,
    Key: percentDecoded(pathname.slice(1)),
    Range: range,
    IfMatch: asked.get('if-range') ?? undefined,
  });
  try {
    return responseOf(await client.send(command, { abortSignal: signal ?? undefined }), range !== undefined);
  } catch (error) {
    return refusalOf(error, url);
  }
}

/** Forgets the client, for another environment. */
export function resetS3Client(): void {
  loaded?.client.destroy();
  loaded = undefined;
}

function load(): { sdk: Sdk; client: S3Client } {
  const sdk = requireSdk();
  const { AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, AWS_REGION, AWS_DEFAULT_REGION } = process.env;
  const isOwnServer = Boolean(AWS_ENDPOINT_URL_S3 || AWS_ENDPOINT_URL);
  const region = AWS_REGION || AWS_DEFAULT_REGION || (isOwnServer ? 'us-east-1' : undefined);
  const client = new sdk.S3Client({
    // The names of buckets are no hosts of a server of one's own.
    forcePathStyle: isOwnServer,
    // Shards have checksums of their own, and not every store knows those of AWS.
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(region && { region }),
  });
  return { sdk, client };
}

function requireSdk(): Sdk {
  try {
    // Loaded here: who reads from elsewhere does without it.
    return require('@aws-sdk/client-s3') as Sdk;
  } catch (cause) {
    throw new InputError(
      `Reading from s3:// needs an npm package that is not installed with torchts: run \`npm install ${S3_PACKAGE}\` where torchts is installed.`,
      { cause },
    );
  }
}

function responseOf(output: GetObjectCommandOutput, isPart: boolean): Response {
  const { Body, ContentLength, ContentRange, ETag, LastModified, ContentEncoding } = output;
  const headers = {
    'content-length': ContentLength?.toString(),
    'content-range': ContentRange,
    'content-encoding': ContentEncoding,
    etag: ETag,
    'last-modified': LastModified?.toUTCString(),
  };
  return new Response(Readable.toWeb(Body as Readable) as ReadableStream, {
    status: isPart ? 206 : 200,
    headers: Object.entries(headers).flatMap(([name, value]): [string, string][] => (value ? [[name, value]] : [])),
  });
}

/** The object has changed since its first part was fetched. */
const CHANGED = 412;

/** What the store refused, as a response; rethrows what did not come from it. */
function refusalOf(error: unknown, url: string): Response {
  if (!isError(error)) throw error;
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  if (status === CHANGED) return new Response(null, { status: 416 });
  if (status !== undefined && status >= 400 && status < 600)
    return new Response(null, { status, statusText: error.name });
  if (error.name === 'CredentialsProviderError')
    throw new InputError(
      `${url} cannot be asked for: no keys were found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE for one of ~/.aws.`,
      { cause: error },
    );
  if (/region is missing/i.test(error.message))
    throw new InputError(`${url} cannot be asked for: the region is not known; set AWS_REGION.`, { cause: error });
  throw error;
}
