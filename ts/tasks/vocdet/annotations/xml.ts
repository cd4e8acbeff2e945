import { SaxesParser } from 'saxes';
import { decodeAs, requireText } from '../../../data/text';
import { InputError } from '../../../errors';

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
  requireText(bytes, label);
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
    throw new InputError(
      `${label} line ${parser.line} column ${Math.max(1, parser.columnIndex)}: expected well-formed XML, found: ${why}.`,
    );
  });
  parser.write(decode(bytes, label)).close();
  return document.children[0]!;
}

/** The first child of that name. */
export function child(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find((one) => one.name === name);
}

/** A file that says nothing is in UTF-8; blanks before the first line, which some exports begin with, are passed over. */
function decode(bytes: Buffer, label: string): string {
  const head = bytes.toString('latin1', 0, 400).replaceAll('\0', '');
  const encoding = /^[^<]*<\?xml[^>]*\sencoding\s*=\s*["']([\w.:-]+)["']/.exec(head)?.[1] ?? 'utf-8';
  const text = decodeAs(encoding, bytes, label);
  // Only at its very beginning may a file have a declaration; blanks in its place keep the lines what they are.
  return text.replace(/^\s+<\?xml[^>]*\?>/, (declaration) => declaration.replace(/\S/g, ' '));
}
