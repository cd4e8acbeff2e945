/** A language model over characters: `character-model.ts <text file> <run>`. It ends with a line of its own. */
import { existsSync, readFileSync } from 'node:fs';
import { data, nn, torch, type Tensor } from 'torchts';
import { fit } from 'torchts/train';

const [file, run] = process.argv.slice(2) as [string, string];
const text = readFileSync(file, 'utf8');
const alphabet = [...new Set(text)].sort();
const codes = Array.from(text, (letter) => alphabet.indexOf(letter));
const CONTEXT = 32;

/** The next character after each: (B, T) codes to (B, T, K) logits. */
class CharacterModel extends nn.Module {
  readonly embedding = new nn.Embedding(alphabet.length, 32);
  readonly gru = new nn.GRU(32, 64, { batchFirst: true });
  readonly head = new nn.Linear(64, alphabet.length);

  forward(letters: Tensor): Tensor {
    const [states] = this.gru.forward(this.embedding.forward(letters)); // (B, T) -> (B, T, 64)
    return this.head.forward(states);
  }
}

async function main(): Promise<void> {
  torch.manualSeed(0);
  const model = new CharacterModel();
  const windows = Array.from({ length: Math.floor((codes.length - 1) / CONTEXT) }, (_, i) => i * CONTEXT);
  const collate = (starts: number[]) => ({
    letters: torch.tensor(
      starts.map((start) => codes.slice(start, start + CONTEXT)),
      { dtype: 'int64' },
    ),
    next: torch.tensor(
      starts.map((start) => codes.slice(start + 1, start + CONTEXT + 1)),
      { dtype: 'int64' },
    ),
  });
  const { outcome } = await fit({
    run,
    resume: existsSync(run),
    model,
    data: new data.DataLoader(windows, collate, { batchSize: 8, shuffle: true, seed: 1 }),
    loss: ({ letters, next }) => nn.functional.crossEntropy(model.forward(letters).flatten(0, 1), next.flatten()),
    epochs: 30,
    optimizer: { kind: 'AdamW', lr: 0.01 },
    schedule: { kind: 'oneCycle', warmup: 0.2 },
    clipNorm: 1,
  });
  model.eval();
  const line = [codes[0]!];
  while (line.length < 40) {
    const logits = torch.noGrad(() => model.forward(torch.tensor([line.slice(-CONTEXT)], { dtype: 'int64' })));
    line.push(Number(logits.select(1, -1).argmax().item()));
  }
  console.log(`${outcome}: ${line.map((code) => alphabet[code]).join('')}`);
}

void main();
