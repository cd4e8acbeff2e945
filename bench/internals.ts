/** Parts of the package that it does not export, as they were compiled. */
import { dirname, join } from 'node:path';

const dist = join(dirname(require.resolve('torchts/package.json')), 'dist');
const inner = (path: string): unknown => require(join(dist, path));

export const { matchTargets, packTargets } = inner(
  'models/detr/matcher',
) as typeof import('../dist/models/detr/matcher');
export const { ClassList, vocClasses } = inner(
  'tasks/vocdet/annotations/classes',
) as typeof import('../dist/tasks/vocdet/annotations/classes');
export const { cocoMetricNames, DetectionEvaluator } = inner(
  'tasks/vocdet/evaluator',
) as typeof import('../dist/tasks/vocdet/evaluator');
export const { openVoc } = inner(
  'tasks/vocdet/annotations/voc',
) as typeof import('../dist/tasks/vocdet/annotations/voc');
