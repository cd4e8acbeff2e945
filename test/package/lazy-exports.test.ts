import assert from 'node:assert/strict';
import { lazyExports } from '../../scripts/lazy-exports';

const COMPILED = `Object.defineProperty(exports, "__esModule", { value: true });
exports.load = exports.nn = void 0;
__exportStar(require("./errors"), exports);
exports.nn = __importStar(require("./nn"));
var names_1 = require("./names");
Object.defineProperty(exports, "load", { enumerable: true, get: function () { return names_1.load; } });
`;

describe('exports that load late', () => {
  const loaded: string[] = [];
  const modules: Readonly<Record<string, object>> = { './errors': {}, './nn': { Linear: 1 }, './names': { load: 2 } };
  const load = (code: string): Record<string, unknown> => {
    const require = (name: string) => {
      loaded.push(name);
      return modules[name];
    };
    const exports: Record<string, unknown> = {};
    const star = (module: object) => Object.assign(exports, module);
    new Function('exports', 'require', '__exportStar', '__importStar', code)(
      exports,
      require,
      star,
      (value: unknown) => value,
    );
    return exports;
  };
  beforeEach(() => (loaded.length = 0));

  it('are loaded by the first who asks', () => {
    const exported = load(lazyExports(COMPILED));
    assert.deepEqual(loaded, ['./errors']);
    assert.deepEqual(Object.keys(exported).sort(), ['load', 'nn']);
    assert.equal(exported['nn'], modules['./nn']);
    assert.deepEqual(loaded, ['./errors', './nn']);
    assert.equal(exported['load'], 2);
  });

  it('are made once', () => assert.equal(lazyExports(lazyExports(COMPILED)), lazyExports(COMPILED)));

  it('are an error for code of another form', () =>
    assert.throws(
      () => lazyExports(COMPILED.replace('exports.nn = __importStar', 'exports.nn = star')),
      /expected .*__importStar/,
    ));
});
