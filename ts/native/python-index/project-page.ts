import { Parser } from 'htmlparser2';
import { percentDecoded } from '../http';

/** A file that an index offers of a package. */
export interface ProjectFile {
  readonly name: string;
  readonly url: string;
  /** The hash that the index tells, hexadecimal. */
  readonly sha256?: string;
  readonly bytes?: number;
  /** Why its maker has withdrawn it; empty without a reason, undefined when it is not withdrawn. */
  readonly yanked?: string;
  /** Whether `<url>.metadata` is the METADATA of the wheel (PEP 658). */
  readonly hasMetadata?: boolean;
}

/** The files that an HTML page links to: a page of the simple repository API (PEP 503), or any page of links. */
export function parseHtmlPage(text: string, url: string): ProjectFile[] {
  const files: ProjectFile[] = [];
  let base = url;
  const parser = new Parser({
    onopentag(tag, attributes) {
      const { href } = attributes;
      if (href === undefined || !URL.canParse(href, base)) return;
      if (tag === 'base') base = new URL(href, base).href;
      if (tag === 'a') files.push(...fileOfLink(new URL(href, base), attributes));
    },
  });
  parser.end(text);
  return files;
}

function fileOfLink(url: URL, attributes: Readonly<Record<string, string>>): ProjectFile[] {
  const sha256 = /(?:^#|&)sha256=([0-9a-f]{64})/i.exec(url.hash)?.[1]?.toLowerCase();
  url.hash = '';
  const name = decodedName(url);
  if (name === '') return [];
  return [
    {
      name,
      url: url.href,
      ...(sha256 && { sha256 }),
      ...(attributes['data-yanked'] !== undefined && { yanked: attributes['data-yanked'] }),
      ...(isOffered(attributes['data-core-metadata'] ?? attributes['data-dist-info-metadata']) && {
        hasMetadata: true,
      }),
    },
  ];
}

function decodedName(url: URL): string {
  return percentDecoded(url.pathname.split('/').at(-1) ?? '');
}

/** What PEP 691 answers, as far as it is read here. */
interface JsonPage {
  readonly meta?: { readonly 'api-version'?: string };
  readonly files?: readonly {
    readonly filename?: string;
    readonly url?: string;
    readonly hashes?: Readonly<Record<string, string>>;
    readonly size?: number;
    readonly yanked?: boolean | string;
    readonly 'core-metadata'?: unknown;
    readonly 'dist-info-metadata'?: unknown;
  }[];
}

/**
 * The files that a JSON page of the simple repository API lists (PEP 691).
 * @throws Error with a clause that says why the text is no such page
 */
export function parseJsonPage(text: string, url: string): ProjectFile[] {
  let page: JsonPage;
  try {
    page = JSON.parse(text) as JsonPage;
  } catch {
    throw new Error(`it announces JSON and sends ${JSON.stringify(text.trimStart().slice(0, 20))}`);
  }
  const version = page?.meta?.['api-version'] ?? '1.0';
  if (!/^1\./.test(version)) throw new Error(`it speaks version ${version} of the simple repository API, expected 1`);
  if (!Array.isArray(page?.files)) throw new Error('its JSON has no list of files');
  return (page.files as NonNullable<JsonPage['files']>).flatMap((file) => {
    if (typeof file?.filename !== 'string' || typeof file.url !== 'string' || !URL.canParse(file.url, url)) return [];
    const sha256 = file.hashes?.sha256;
    return [
      {
        name: file.filename,
        url: new URL(file.url, url).href,
        ...(typeof sha256 === 'string' && /^[0-9a-f]{64}$/i.test(sha256) && { sha256: sha256.toLowerCase() }),
        ...(typeof file.size === 'number' && { bytes: file.size }),
        ...((file.yanked === true || typeof file.yanked === 'string') && {
          yanked: file.yanked === true ? '' : file.yanked,
        }),
        ...(isOffered(file['core-metadata'] ?? file['dist-info-metadata']) && { hasMetadata: true }),
      },
    ];
  });
}

/** An attribute without a value, `true` or hashes. */
function isOffered(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false && value !== 'false';
}
