/** What a reader sees in a report.html: texts by where they stand, and the numbers of its charts. */
export interface ReadReport {
  /** Heading, value and note of each figure at the top. */
  readonly tiles: readonly string[];
  /** The heading of each section and the sentence below it, with what follows as text. */
  readonly sections: Readonly<Record<string, { readonly intro: string; readonly text: string }>>;
  /** What each chart draws, by its title. */
  readonly charts: Readonly<Record<string, unknown>>;
  /** Alternative text and bytes of each image. */
  readonly images: readonly (readonly [title: string, bytes: string])[];
}

export function readReport(page: string): ReadReport {
  const tiles = /<dl class="figures">(.*?)<\/dl>/s.exec(page)![1]!;
  const sections = [...page.matchAll(/<section id="[^"]*"><h2>(.*?)<\/h2>(?:<p>(.*?)<\/p>)?(.*?)<\/section>/gs)];
  const charts = page.matchAll(/<figcaption>([^<]*)<\/figcaption>\n<script type="application\/json">(.*?)<\/script>/g);
  const images = page.matchAll(/<img src="data:image\/jpeg;base64,([^"]*)" alt="([^"]*)"/g);
  return {
    tiles: [...tiles.matchAll(/<div>(.*?)<\/div>/gs)].map(([, tile]) => textOf(tile!)),
    sections: Object.fromEntries(
      sections.map(([, title, intro, body]) => [title, { intro: textOf(intro ?? ''), text: textOf(body!) }]),
    ),
    charts: Object.fromEntries([...charts].map(([, title, json]) => [title, JSON.parse(json!)])),
    images: [...images].map(([, bytes, title]) => [textOf(title!), Buffer.from(bytes!, 'base64').toString('hex')]),
  };
}

function textOf(markup: string): string {
  return markup
    .replace(/<script[\s\S]*?<\/script>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
    .replace(/\s+/g, ' ')
    .trim();
}
