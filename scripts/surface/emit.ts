/** Turns operator schemas into the TypeScript of the typed surface. */
import { NUMBERS_AS_TENSORS } from '../../ts/tensor/operators/surface';
import { camelCase, type Schema, type SchemaParameter } from '../../ts/tensor/operators/schema';

/** All the overloads of one operator name that the surface offers. */
export interface SurfaceFunction {
  readonly name: string;
  readonly key: string;
  readonly overloads: readonly Schema[];
  /** Overloads that write into tensors given by name: PyTorch's `out`. */
  readonly outs: readonly Schema[];
  readonly isMethod: boolean;
}

const HEADER = '// DO NOT EDIT. Written by scripts/generate-surface.ts from the schemas of libtorch.\n';

// Written by hand in ts/tensor, because they take or give what no schema says.
const BY_HAND = new Set([
  'zeros',
  'ones',
  'empty',
  'rand',
  'randn',
  'full',
  'randint',
  'randperm',
  'arange',
  'range',
  'linspace',
  'logspace',
  'eye',
  'zeros_like',
  'ones_like',
  'empty_like',
  'rand_like',
  'randn_like',
  'full_like',
  'tensor',
  'scalar_tensor',
  'to',
  'backward',
  'index',
  'index_put',
  'index_put_',
  'slice',
  'mT',
  'mH',
  'matrix_H',
  'numpy_T',
  'numel',
  'data',
  'shape',
  'is_leaf',
  'from_file',
  'cpu',
  'cuda',
  'size',
  'stride',
  'dim',
  'device',
  'unique',
  'unique_dim',
  'sparse_coo_tensor',
  'sparse_csr_tensor',
  'sparse_csc_tensor',
  'sparse_bsr_tensor',
  'sparse_bsc_tensor',
  'unique_dim_consecutive',
  'unique_consecutive',
  'norm',
  'stft',
  'tensordot',
  'nonzero',
  'cdist',
  'einsum',
]);

// Names that exist for the compiler, the JIT or the dispatcher, not for people.
const INTERNAL =
  /^_|_backward$|_backward_|^sym_|(?<!^index)_copy$|_forward_only|^mkldnn_|^cudnn_|^miopen_|^mps_|^quantized_|^fbgemm_|^xnnpack|^sspaddmm$|_jvp$|_for_cpu$|^batch_norm_(?:elemt|gather|stats|update|backward)|^fake_quantize|^q_|^__|_legacy$|^fused_|^record_stream|^set_data|^nested_to|^to_mkldnn|^is_vulkan|^native_(?!norm|channel|layer_norm|batch_norm|group_norm|dropout)/;

// Operators on types alone; any other without a tensor is scalar arithmetic of the JIT.
const WITHOUT_TENSORS = new Set(['promote_types', 'can_cast']);

const UNSUPPORTED = new Set(['Dimname', 'Storage', 'Stream', 'QScheme', 'ConstQuantizerPtr']);

function usable(schema: Schema): boolean {
  if (schema.namespace !== 'aten' || INTERNAL.test(schema.name) || BY_HAND.has(schema.name)) return false;
  if (schema.parameters.some((parameter) => !(parameter.base in TYPES))) return false;
  if (schema.parameters.some((parameter) => UNSUPPORTED.has(parameter.base))) return false;
  // The JIT registers scalar arithmetic (`aten::add.int`) beside the operators; without a tensor it is not ours.
  const tensors =
    WITHOUT_TENSORS.has(schema.name) ||
    schema.parameters.some((parameter) => parameter.base === 'Tensor') ||
    schema.returns.some((type) => type.startsWith('Tensor'));
  return tensors && schema.returns.every((type) => type.replace(/[[\]?]/g, '') in TYPES);
}

const TYPES: Readonly<Record<string, string>> = {
  Tensor: 'Tensor',
  Scalar: 'Scalar',
  int: 'number',
  SymInt: 'number',
  float: 'number',
  bool: 'boolean',
  str: 'string',
  ScalarType: 'DType',
  Device: 'Device',
  Layout: 'Layout',
  MemoryFormat: 'MemoryFormat',
  Generator: 'Generator',
};

const isOut = (parameter: SchemaParameter): boolean => parameter.written && parameter.keywordOnly;

// Tensors before numbers, then fewer parameters first: the order in which PyTorch's parser tries them.
function order(a: Schema, b: Schema): number {
  const scalars = (schema: Schema): number =>
    schema.parameters.filter((parameter) => parameter.base === 'Scalar').length;
  return scalars(a) - scalars(b) || a.parameters.length - b.parameters.length || (a.overload < b.overload ? -1 : 1);
}

export function select(schemas: readonly Schema[]): SurfaceFunction[] {
  const byName = new Map<string, Schema[]>();
  for (const schema of schemas.filter(usable)) byName.set(schema.name, [...(byName.get(schema.name) ?? []), schema]);
  return [...byName]
    .map(([name, all]) => {
      const overloads = all.filter((schema) => !schema.parameters.some(isOut)).sort(order);
      const outs = all.filter((schema) => schema.parameters.some(isOut)).sort(order);
      return { name, key: camelCase(name), overloads, outs, isMethod: overloads.some(takesSelf) };
    })
    .filter(({ overloads }) => overloads.length > 0)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function takesSelf(schema: Schema): boolean {
  const [first] = schema.parameters;
  return first?.name === 'self' && first.base === 'Tensor' && !first.list && !first.optional;
}

function parameterType({ base, list, listLength, optional, optionalElement }: SchemaParameter): string {
  const element = base === 'Scalar' ? 'Numeric' : TYPES[base]!;
  let type = element;
  if (list) {
    type = `readonly ${optionalElement ? `(${element} | null)` : element}[]`;
    if (listLength !== null && base !== 'Tensor') type = `${element} | ${type}`;
  }
  return optional ? `${type} | null` : type;
}

function resultType(schema: Schema, method: boolean): string {
  if (method && schema.name.endsWith('_')) return 'this';
  const types = schema.returns.map((type) => {
    const element = TYPES[type.replace(/[[\]?]/g, '')]!;
    return type.includes('[') ? `${element}[]` : element;
  });
  if (types.length === 0) return 'void';
  return types.length === 1 ? types[0]! : `[${types.join(', ')}]`;
}

const RESERVED = new Set([
  'var',
  'in',
  'with',
  'delete',
  'function',
  'default',
  'new',
  'this',
  'switch',
  'case',
  'import',
  'export',
  'true',
  'false',
]);
const identifier = (key: string): string => (RESERVED.has(key) ? `${key}_` : key);

const optionKey = (parameter: SchemaParameter): string => `${parameter.key}?: ${parameterType(parameter)}`;

/** The type of the option `out` beside an overload: of those with the same parameters, the tensors that are written. */
function outType(schema: Schema, outs: readonly Schema[]): string | null {
  const shape = (parameters: readonly SchemaParameter[]): string =>
    parameters.map(({ key, base, list }) => `${key} ${base} ${list}`).join();
  const same = outs.find(
    ({ parameters }) => shape(parameters.filter((parameter) => !isOut(parameter))) === shape(schema.parameters),
  );
  const written = same?.parameters.filter(isOut).map(parameterType);
  if (written === undefined) return null;
  return written.length === 1 ? written[0]! : `readonly [${written.join(', ')}]`;
}

/**
 * Required parameters by position, the rest in options; and once more with the optional ones by position too.
 * @param outs overloads that write into `out`, where that is an option
 */
function signatures(schema: Schema, method: boolean, outs: readonly Schema[] = []): string[] {
  const parameters = method ? schema.parameters.slice(1) : schema.parameters;
  const positional = parameters.filter((parameter) => !parameter.keywordOnly);
  const required = positional.filter((parameter) => parameter.fallback === null);
  const optional = positional.filter((parameter) => parameter.fallback !== null);
  const keywords = parameters.filter((parameter) => parameter.keywordOnly);
  const result = resultType(schema, method);
  const out = outType(schema, outs);
  const mixed = NUMBERS_AS_TENSORS.has(schema.name);
  const shown = (parameter: SchemaParameter): string => {
    const orNumber = mixed && parameter.base === 'Tensor' ? ' | number | boolean' : '';
    return `${identifier(parameter.key)}: ${parameterType(parameter)}${orNumber}`;
  };
  const needed = keywords.some((parameter) => parameter.fallback === null);
  const options = (members: readonly SchemaParameter[]): string[] => {
    const inner = members.map((p) => (p.fallback === null ? optionKey(p).replace('?:', ':') : optionKey(p)));
    if (out !== null) inner.push(`out?: ${out}`);
    return inner.length === 0 ? [] : [`options${needed ? '' : '?'}: { ${inner.join('; ')} }`];
  };
  const forms = [`(${[...required.map(shown), ...options([...optional, ...keywords])].join(', ')}): ${result}`];
  if (optional.length > 0 && !needed) {
    const inRow = optional.map((parameter) => `${identifier(parameter.key)}?: ${parameterType(parameter)}`);
    forms.push(`(${[...required.map(shown), ...inRow, ...options(keywords)].join(', ')}): ${result}`);
  }
  const last = required.at(-1);
  if (
    last?.list &&
    optional.length === 0 &&
    (last.base === 'Tensor' || (last.base === 'int' && required.length === 1))
  ) {
    const row = `...${identifier(last.key)}: ${TYPES[last.base]!}[]`;
    forms.push(`(${[...required.slice(0, -1).map(shown), row].join(', ')}): ${result}`);
  }
  return forms;
}

const docs = (overloads: readonly Schema[], indent: string): string =>
  overloads.length === 1
    ? `${indent}/** \`${overloads[0]!.text}\` */\n`
    : `${indent}/**\n${overloads.map((schema) => `${indent} * - \`${schema.text}\`\n`).join('')}${indent} */\n`;

export function overloadsFile(functions: readonly SurfaceFunction[]): string {
  const rows = functions.map(({ name, overloads, outs, isMethod }) =>
    `  ['${name}', ${isMethod ? 1 : 0}, ${JSON.stringify(overloads.map((schema) => schema.overload).join(' '))}${outs.length > 0 ? `, '${outs.map((schema) => schema.overload).join(' ')}'` : ''}],\n`.replace(
      /"/g,
      "'",
    ),
  );
  return `${HEADER}
import type { Overloads } from '../operators/surface';

/** The operators of the surface. */
export const OVERLOADS: Overloads = [
${rows.join('')}];
`;
}

const IMPORTS = `import type { Device } from '../types/device';
import type { Complex, DType, Scalar } from '../types/dtype';
import type { Generator } from '../random/generator';
`;

const FORMATS = `type Numeric = Scalar | Complex;
type Layout = 'strided' | 'sparse_coo' | 'sparse_csr' | 'sparse_csc' | 'sparse_bsr' | 'sparse_bsc' | 'mkldnn';
type MemoryFormat = 'contiguous' | 'preserve' | 'channels_last' | 'channels_last_3d';
`;

export function methodsFile(functions: readonly SurfaceFunction[]): string {
  const methods = functions
    .filter((fn) => fn.isMethod)
    .map(({ key, overloads }) => {
      const mine = overloads.filter(takesSelf);
      const forms = [...new Set(mine.flatMap((schema) => signatures(schema, true)))];
      return docs(mine, '  ') + forms.map((form) => `  ${key}${form};\n`).join('');
    });
  return `${HEADER}
${IMPORTS}import type { Tensor } from '../core/tensor';

${FORMATS}
/** The operators whose first argument is the tensor itself. */
export interface TensorMethods {
${methods.join('')}}

declare module '../core/tensor' {
  interface Tensor<out Type extends DType = DType> extends TensorMethods {}
}
`;
}

export function functionsFile(functions: readonly SurfaceFunction[]): string {
  const members = functions.map(({ key, overloads, outs }) => {
    const forms = [...new Set(overloads.flatMap((schema) => signatures(schema, false, outs)))];
    return `  ${key}: {\n${forms.map((form) => `    ${form};\n`).join('')}  };\n`;
  });
  const constants = functions.map(
    ({ key, overloads }) =>
      `${docs(overloads, '')}export const ${identifier(key)}: TensorFunctions['${key}'] = surface.${key};\n`,
  );
  const renamed = functions.filter(({ key }) => RESERVED.has(key)).map(({ key }) => `${identifier(key)} as ${key}`);
  return `${HEADER}
${IMPORTS}import { installSurface } from '../operators/surface';
import { OVERLOADS } from './overloads';
import type { Tensor } from '../core/tensor';

${FORMATS}
/** The operators as functions. */
export interface TensorFunctions {
${members.join('')}}

const surface = installSurface<TensorFunctions>(OVERLOADS);

${constants.join('')}${renamed.length > 0 ? `export { ${renamed.join(', ')} };\n` : ''}`;
}

// Prefixes of operator names that PyTorch shows as modules: aten::linalg_norm is torch.linalg.norm.
const MODULES = ['linalg', 'fft', 'special'] as const;

export function modulesFile(functions: readonly SurfaceFunction[]): string {
  const blocks = MODULES.map((module) => {
    const members = functions.filter(({ name }) => name.startsWith(`${module}_`) && !name.startsWith(`${module}__`));
    const rows = members.map(({ name, key }) => `  ${camelCase(name.slice(module.length + 1))}: functions.${key},\n`);
    return `/** PyTorch's \`torch.${module}\`. */\nexport const ${module} = {\n${rows.join('')}} as const;\n`;
  });
  return `${HEADER}import * as functions from './functions';\n\n${blocks.join('\n')}`;
}
