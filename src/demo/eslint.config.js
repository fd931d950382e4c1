import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist', 'node_modules', '**/*.js'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { project: ['tsconfig.json'], tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
    },
  },
  // Each page shows this file of it: twenty lines, give or take a few, and imports.
  { files: ['**/realtime.ts'], rules: { 'max-lines': ['error', { max: 30, skipBlankLines: true }] } },
  // Hooks are taken out of the object that types them.
  { files: ['src/api.ts'], rules: { '@typescript-eslint/unbound-method': 'off' } },
);
