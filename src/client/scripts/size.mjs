// What an application pays for each entry: bundled, minified, gzipped. Fails if one has outgrown its bound.
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const BOUNDS = {
  index: 12 * 1024,
  indexeddb: 2 * 1024,
  'react/index': 1536,
  'react/query': 1024,
  'react/websocket': 14 * 1024, // with the core
  fallback: 3 * 1024,
  msgpack: 1536, // without @msgpack/msgpack
  node: 12 * 1024, // without ws
  tabs: 16 * 1024,
};

process.chdir(new URL('..', import.meta.url).pathname);
let fits = true;
for (const [entry, bound] of Object.entries(BOUNDS)) {
  const { outputFiles } = await build({
    entryPoints: [`dist/${entry}.js`],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    external: ['react', '@msgpack/msgpack', '@tanstack/react-query', 'ws'],
    write: false,
  });
  const bytes = gzipSync(outputFiles[0].contents, { level: 9 }).length;
  fits &&= bytes <= bound;
  console.log(`${entry}: ${bytes} bytes gzipped, of ${bound}`);
}
process.exit(fits ? 0 : 1);
