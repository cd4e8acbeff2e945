import { TorchError } from '../errors';

/** The code of torchts was copied into another file, by a bundler. */
export class BundledError extends TorchError {
  override readonly code = 'TTS_BUNDLED';

  constructor() {
    super(
      'torchts was bundled, and its native addon cannot be: mark torchts external (Next: `serverExternalPackages: ["torchts"]`; webpack: `externals: { torchts: "commonjs torchts" }`; ' +
        'esbuild: `--external:torchts`; Vite: `ssr: { external: ["torchts"] }`), and install it where the bundle runs. docs/bundlers.md of the package tells more.',
    );
  }
}

// In a bundle of ES modules there is no such variable, and the next `require` of a built-in module would fail in words of its own.
if (typeof __dirname !== 'string') throw new BundledError();
