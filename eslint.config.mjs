import tseslint from 'typescript-eslint';

const privateKeyword = {
  // `#name` is private while the program runs, too: no key of the state of a schedule, no parameter of a module, no name in a
  // Proxy. A constructor alone has no such form.
  selector:
    ':matches(PropertyDefinition, AccessorProperty, MethodDefinition[kind!="constructor"], TSParameterProperty,' +
    ' TSAbstractPropertyDefinition, TSAbstractMethodDefinition)[accessibility="private"]',
  message:
    'Private members are written #name, and a parameter that is kept is assigned to one. What a copy of a module has to reach is `protected`, or a function beside the class.',
};

// Layout is prettier's, types are the compiler's, unused names too: what is left is what neither sees.
export default tseslint.config(
  { ignores: ['**/*.mjs', '**/*.cjs', 'ts/tensor/generated', 'test/golden'] },
  {
    files: ['**/*.ts'],
    plugins: { '@typescript-eslint': tseslint.plugin },
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: {
        project: ['./tsconfig.test.json', './bench/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/prefer-promise-reject-errors': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-var': 'error',
      'prefer-const': 'error',
      'no-restricted-syntax': ['error', privateKeyword],
    },
  },
);
