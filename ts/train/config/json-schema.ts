import * as z from 'zod';
import { EXTENDS } from './files';

/**
 * The JSON schema of a configuration file, for editors: types, ranges, defaults and help of each key. No key is required, for a file
 * has those that differ.
 * @param title what the editor calls it
 */
export function jsonSchemaOf(schema: z.ZodType, title: string): object {
  const all = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      delete jsonSchema.required;
    },
  });
  const file = { type: 'string', description: 'A file, relative to this one.' };
  const bases = {
    anyOf: [file, { type: 'array', items: file }],
    description: 'Files whose values hold where this one has none; of several a later one goes over an earlier.',
  };
  return { ...all, title, properties: { [EXTENDS]: bases, ...all.properties } };
}
