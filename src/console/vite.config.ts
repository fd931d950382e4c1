import { defineConfig } from 'vitest/config';

const NODE = 'http://127.0.0.1:8080';

export default defineConfig({
  base: '/console/',
  build: {
    // No data: URLs, which the node's Content-Security-Policy does not let pass.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // Names without hashes: a node has these files checked at each visit, and no old one stays in the jar.
      output: { entryFileNames: '[name].js', chunkFileNames: '[name].js', assetFileNames: '[name][extname]' },
      checks: { bundlerTimings: false },
    },
  },
  server: { host: '127.0.0.1', proxy: { '/ws': { target: NODE, ws: true }, '/api': NODE } },
  test: { include: ['test/**/*.test.ts'] },
});
