/** Targets, and measures that one name or one model repeats. */
import type { Measure, Target } from './case';
import { TRAININGS } from './trainings';

export const atMost = (limit: number): Target => ({ atMost: limit });
export const atLeast = (limit: number): Target => ({ atLeast: limit });

export function operatorMeasures(name: string, call: string, target?: Target): Measure[] {
  return [
    { name, title: `${call}, freed by the collector`, unit: 'seconds', target },
    { name: `${name}-scope`, peer: name, title: `${call}, freed by a scope`, unit: 'seconds', target },
  ];
}

/** The ways to a prediction: ours uncompiled and compiled in each precision, each beside the peers that it has to reach. */
export function inferenceMeasures(title: string, suffix: string, uncompiledLimit: number): Measure[] {
  const rows: readonly (readonly [ours: string, peer: string, title: string, limit?: number])[] = [
    ['uncompiled', 'eager', 'uncompiled against PyTorch eager', uncompiledLimit],
    ['float32', 'eager', 'compiled against PyTorch eager'],
    ['float32', 'onnx', 'compiled against ONNX Runtime', 0.95],
    ['float32', 'inductor', 'compiled against torch.compile', 1],
    ['bfloat16', 'onnx', 'bfloat16 against ONNX Runtime in float32', 0.6],
    ['bfloat16', 'inductor-bfloat16', 'bfloat16 against torch.compile under autocast', 1],
    ['int8', 'onnx-int8', 'int8 against ONNX Runtime in int8', 0.95],
  ];
  return rows.map(([ours, peer, what, limit]) => ({
    name: `${ours}${suffix}`,
    peer: `${peer}${suffix}`,
    title: `${title}${what}`,
    unit: 'seconds',
    ...(ours !== 'uncompiled' && { device: 'cpu' }),
    ...(limit !== undefined && { target: atMost(limit) }),
  }));
}

/** Steps in two processes, at most so many times the peer's, with an efficiency that is at least the peer's. */
export function stepMeasures(limit?: number): Measure[] {
  const models = { tiny: 'ViT tiny', base: 'ViT-B/16', detr: 'DETR-R50' };
  return Object.entries(models).flatMap(([name, title]): Measure[] => [
    { name, title: `a step of ${title}`, unit: 'seconds', target: limit === undefined ? undefined : atMost(limit) },
    { name: `${name}-efficiency`, title: `efficiency, ${title}`, unit: 'points', target: atLeast(0) },
  ]);
}

/** How many points of a figure of a trained model a precision may cost. */
const COSTS = { bfloat16: 0.2, int8: 0.5 };

export function accuracyMeasures(): Measure[] {
  return TRAININGS.flatMap(({ name, title, task, preset, metrics }) =>
    Object.entries(COSTS).flatMap(([precision, cost]) =>
      metrics.map((metric) => ({
        name: `${name}-${metric}-${precision}`,
        peer: `${name}-${metric}-float32`,
        title: `${title} (${task} ${preset}), ${precision}: ${metric}`,
        unit: 'points' as const,
        target: atLeast(-cost),
      })),
    ),
  );
}

/** As bench/operators.ts has them. */
export const OPERATORS = [
  'add',
  'mul',
  'div',
  'exp',
  'relu',
  'gelu',
  'sigmoid',
  'softmax',
  'sum',
  'amax',
  'layer_norm',
  'mm',
  'bmm',
  'linear',
  'conv2d',
  'batch_norm',
  'max_pool2d',
  'cat',
  'transpose',
  'gather rows',
];

export function operatorRows(name: string): Measure[] {
  return ['small', 'large'].flatMap((size): Measure[] => [
    { name: `${name}, ${size}`, title: `${name}, ${size}`, unit: 'seconds' },
    { name: `${name}, ${size}, onnx`, title: `${name}, ${size}, against ONNX Runtime`, unit: 'seconds', device: 'cpu' },
  ]);
}
