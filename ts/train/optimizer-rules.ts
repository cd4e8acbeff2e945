/** An optimizer by its name and options, and what groups of parameters have of their own. */
import { InputError } from '../errors';
import type { Module, Parameter } from '../nn';
import * as optim from '../optim';
import { checkOptions, expected } from '../options';
import { layerFactors, type LayerDecayRules } from './layer-decay';
import { byFirstMatch, type Pattern } from './patterns';

const CLASSES = {
  Adadelta: optim.Adadelta,
  Adafactor: optim.Adafactor,
  Adagrad: optim.Adagrad,
  Adam: optim.Adam,
  AdamW: optim.AdamW,
  Adamax: optim.Adamax,
  ASGD: optim.ASGD,
  Lion: optim.Lion,
  Muon: optim.Muon,
  NAdam: optim.NAdam,
  RAdam: optim.RAdam,
  RMSprop: optim.RMSprop,
  Rprop: optim.Rprop,
  SGD: optim.SGD,
  SparseAdam: optim.SparseAdam,
} as const;

interface OptionsOf {
  readonly Adadelta: optim.AdadeltaOptions;
  readonly Adafactor: optim.AdafactorOptions;
  readonly Adagrad: optim.AdagradOptions;
  readonly Adam: optim.AdamOptions;
  readonly AdamW: optim.AdamWOptions;
  readonly Adamax: optim.AdamaxOptions;
  readonly ASGD: optim.ASGDOptions;
  readonly Lion: optim.LionOptions;
  readonly Muon: optim.MuonOptions;
  readonly NAdam: optim.NAdamOptions;
  readonly RAdam: optim.RAdamOptions;
  readonly RMSprop: optim.RMSpropOptions;
  readonly Rprop: optim.RpropOptions;
  readonly SGD: optim.SGDOptions;
  readonly SparseAdam: optim.SparseAdamOptions;
}

/** An optimizer of `optim` by its name, with its options beside it: `{ kind: 'SGD', lr: 0.1, momentum: 0.9 }`. */
export type OptimizerRules = {
  readonly [Kind in keyof OptionsOf]: { readonly kind: Kind } & OptionsOf[Kind];
}[keyof OptionsOf];

/** What the parameters that a pattern matches have of their own. */
export interface GroupRule {
  readonly pattern: Pattern;
  /** Learning rate. @default the optimizer's, times what `layerDecay` makes of it */
  readonly lr?: number;
  /** Factor on that. @default 1 */
  readonly lrScale?: number;
  /** @default the optimizer's */
  readonly weightDecay?: number;
  /** True keeps them as they are. @default false */
  readonly frozen?: boolean;
}

/** How the parameters of a model are given to an optimizer. */
export interface ParameterRules {
  /** Each parameter goes by the first rule whose pattern is found in its name; those that match none are as the optimizer has them. */
  readonly groups?: readonly GroupRule[];
  /** Factor on the learning rate for each layer further from the output, or with it what the layers are. @default 1 */
  readonly layerDecay?: number | LayerDecayRules;
}

/**
 * The optimizer over the parameters that require gradients, or will later, in as many groups as there are different options. Those
 * of frozen groups no longer require any.
 * @param later parameters that train later, frozen as they may be
 * @throws InputError for a name or an option that does not exist, or a pattern that matches nothing
 */
export function makeOptimizer(
  model: Module,
  rules: OptimizerRules,
  { groups = [], layerDecay = 1 }: ParameterRules = {},
  later: ReadonlySet<Parameter> = new Set(),
): optim.Optimizer {
  const { kind, ...options } = rules;
  const Class = Object.hasOwn(CLASSES, kind) ? (CLASSES[kind] as OptimizerClass) : undefined;
  if (Class === undefined)
    throw expected('fit: optimizer', `one of ${Object.keys(CLASSES).join(', ')} for kind`, kind, '', InputError);
  const named = model.namedParameters();
  const ruleOf = rulesByParameter(named, groups);
  const factors = layerFactors(named, layerDecay);
  for (const [parameter, rule] of ruleOf) if (rule.frozen === true) parameter.requiresGrad_(false);
  const trained = model
    .parameters()
    .filter((parameter) => parameter.requiresGrad || (later.has(parameter) && !ruleOf.get(parameter)?.frozen));
  if (trained.length === 0) throw new InputError('fit: expected a parameter that trains, found none');
  // One that is made of a single parameter tells the rate that the options leave to the class.
  const { lr } = new Class(trained.slice(0, 1), options).defaults;
  const members = trained.map((parameter) => {
    const { lr: base = lr * factors.get(parameter)!, lrScale = 1, weightDecay } = ruleOf.get(parameter) ?? {};
    return { parameter, options: { lr: base * lrScale, ...(weightDecay !== undefined && { weightDecay }) } };
  });
  return new Class(distinct(members), options);
}

type OptimizerClass = new (params: Iterable<unknown>, options: object) => optim.Optimizer;

function rulesByParameter(
  parameters: readonly (readonly [string, Parameter])[],
  groups: readonly GroupRule[],
): Map<Parameter, GroupRule> {
  for (const rule of groups) checkRule(rule);
  const patterns = groups.map(({ pattern }) => pattern);
  const matched = byFirstMatch('fit: groups', parameters, patterns);
  return new Map(
    [...matched].flatMap(([index, found]) =>
      index < 0 ? [] : found.map(([, parameter]) => [parameter, groups[index]!] as const),
    ),
  );
}

function checkRule(rule: GroupRule): void {
  checkOptions('fit: groups', rule, ['pattern', 'lr', 'lrScale', 'weightDecay', 'frozen']);
  for (const name of ['lr', 'lrScale', 'weightDecay'] as const) {
    const value = rule[name];
    if (value === undefined) continue;
    if (typeof value !== 'number' || !(value >= 0 && Number.isFinite(value)))
      throw expected('fit: groups', `a number from 0 on for ${name}`, value, '', InputError);
    if (rule.frozen === true)
      throw new InputError(`fit: groups: expected frozen alone beside its pattern, found ${name} with it`);
  }
}

interface Member {
  readonly parameter: Parameter;
  readonly options: object;
}

/** Parameters with equal options together, in the order in which the options first occur. */
function distinct(members: readonly Member[]): object[] {
  const groups = new Map<string, { params: Parameter[] }>();
  for (const { parameter, options } of members) {
    const key = JSON.stringify(options);
    const group = groups.get(key);
    if (group) group.params.push(parameter);
    else groups.set(key, { params: [parameter], ...options });
  }
  return [...groups.values()];
}
