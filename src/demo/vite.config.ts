import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// Host stays what the browser sent: a node takes a login from a page of another origin for foreign.
const NODE = { target: 'http://127.0.0.1:8080', changeOrigin: false };

// Names without hashes: a node serves these files uncached, and an old one never stays in the jar under another name.
const names = {
  entryFileNames: 'demo/[name].js',
  chunkFileNames: 'demo/[name].js',
  assetFileNames: 'demo/[name][extname]',
};

export default defineConfig({
  plugins: [react()],
  // The client library lies beside the demo and has packages of its own.
  resolve: { dedupe: ['react', 'react-dom', '@tanstack/react-query'] },
  build: {
    // No data: URLs, which the node's Content-Security-Policy does not let pass.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { output: names, checks: { bundlerTimings: false } },
  },
  worker: { format: 'es', rolldownOptions: { output: names, checks: { bundlerTimings: false } } },
  server: { host: '127.0.0.1', proxy: { '/ws': { ...NODE, ws: true }, '/dev': NODE, '/api': NODE } },
});
