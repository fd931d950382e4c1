// The sizes in the guide's table of clients beside this one: takes the packages from npm, and bundles, minifies and gzips each
// as a whole.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const OTHERS = [
  'centrifuge@5.8.0',
  'socket.io-client@4.8.4',
  'phoenix@1.8.16',
  '@vertx/eventbus-bridge-client.js@1.0.0',
];
const OURS = [['index'], ['index', 'indexeddb'], ['index', 'fallback'], ['index', 'tabs']];

async function size(contents, resolveDir) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    write: false,
    logLevel: 'error',
  });
  return gzipSync(outputFiles[0].contents, { level: 9 }).length;
}

const all = (modules) => modules.map((name) => `export * from '${name}';`).join('\n');

const dist = new URL('../dist/', import.meta.url).pathname;
for (const entries of OURS) {
  console.log(
    `carillon-client ${entries.join(' + ')}: ${await size(all(entries.map((entry) => `./${entry}.js`)), dist)}`,
  );
}
const folder = mkdtempSync(join(tmpdir(), 'beside-'));
try {
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--silent', ...OTHERS], {
    cwd: folder,
  });
  for (const other of OTHERS) {
    const name = other.slice(0, other.lastIndexOf('@'));
    console.log(`${other}: ${await size(all([name]), folder)}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
