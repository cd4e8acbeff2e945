/** Longer ones are no help in a message. */
const LONGEST = 200;

/** Text out of an archive as a message shows it: in one line, and shortened where a hostile file has made it long. */
export function shownName(text: string): string {
  return (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text).replaceAll('\n', '\\n');
}
