import { SaxesParser } from 'saxes';
import { InputError } from '../../errors';

/** An element of an XML file with what is directly in it. */
export interface XmlElement {
  readonly name: string;
  /** The text directly in it, trimmed. */
  text: string;
  /** Where it begins, counted from 1. */
  readonly line: number;
  readonly children: XmlElement[];
}

/**
 * Parses a well-formed XML file of any encoding that its first line names.
 * @param label what to call the file in errors
 * @returns the root element
 * @throws InputError with line and column when the file is not well-formed
 */
export function parseXml(bytes: Buffer, label: string): XmlElement {
  const parser = new SaxesParser();
  const document: XmlElement = { name: '', text: '', line: 0, children: [] };
  const open = [document];
  let line = 1;
  parser.on('opentagstart', () => (line = parser.line));
  parser.on('opentag', ({ name }) => {
    const element = { name, text: '', line, children: [] };
    open.at(-1)!.children.push(element);
    open.push(element);
  });
  parser.on('text', (text) => (open.at(-1)!.text += text));
  parser.on('cdata', (text) => (open.at(-1)!.text += text));
  parser.on('closetag', () => {
    const element = open.pop()!;
    element.text = element.text.trim();
  });
  parser.on('error', ({ message }) => {
    // The parser's messages begin with its own line and column.
    const why = message.replace(/^\d+:\d+: /, '').replace(/\.$/, '');
    throw new InputError(`${label} line ${parser.line} column ${Math.max(1, parser.columnIndex)}: expected well-formed XML, found: ${why}.`);
  });
  parser.write(decode(bytes, label)).close();
  return document.children[0]!;
}

/** The first child of that name. */
export function child(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find((one) => one.name === name);
}

function decode(bytes: Buffer, label: string): string {
  const encoding = /^<\?xml[^>]*\sencoding=["']([\w-]+)["']/.exec(bytes.toString('latin1', 0, 200))?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new InputError(`${label} line 1 column 1: expected text in ${encoding}, found bytes that are none.`, { cause });
  }
}
