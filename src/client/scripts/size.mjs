// What an application pays for each entry, and for a part of one: bundled, minified, gzipped. Fails if one has outgrown its
// bound.
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
/** Names of an entry, and what is left when nothing else of it is used. */
const PARTS = [
  ['index', 'CarillonError, ClientCode', 512],
  ['react/websocket', 'useWebSocket', 1024],
  ['tabs', 'serveTabs', 10 * 1024],
];

process.chdir(new URL('..', import.meta.url).pathname);
let fits = true;

async function pay(what, bound, entry) {
  const { outputFiles } = await build({
    ...entry,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    external: ['react', '@msgpack/msgpack', '@tanstack/react-query', 'ws'],
    write: false,
  });
  const bytes = gzipSync(outputFiles[0].contents, { level: 9 }).length;
  fits &&= bytes <= bound;
  console.log(`${what}: ${bytes} bytes gzipped, of ${bound}`);
}

for (const [entry, bound] of Object.entries(BOUNDS)) {
  await pay(entry, bound, { entryPoints: [`dist/${entry}.js`] });
}
for (const [entry, names, bound] of PARTS) {
  const contents = `export { ${names} } from './dist/${entry}.js';`;
  await pay(`${names} of ${entry}`, bound, { stdin: { contents, resolveDir: '.' } });
}
process.exit(fits ? 0 : 1);
