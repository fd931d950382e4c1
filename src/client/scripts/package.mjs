// Looks at the package as npm would publish it: each entry is in it with its types, can be imported by its name, and compiles
// in an application that checks the types of its libraries.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

process.chdir(new URL('..', import.meta.url).pathname);
const { name, exports } = JSON.parse(readFileSync('package.json', 'utf8'));
const entries = Object.entries(exports).filter(([path]) => path !== './package.json');

const [packed] = JSON.parse(
  execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { encoding: 'utf8' }),
);
const files = new Set(packed.files.map(({ path }) => path));
const needed = ['README.md', ...entries.flatMap(([, targets]) => Object.values(targets).map((path) => path.slice(2)))];
const missing = needed.filter((path) => !files.has(path));
if (missing.length > 0) throw new Error(`not in the package: ${missing.join(', ')}`);
const foreign = [...files].filter((path) => !/^(dist\/(.+\.(js|d\.ts)|LICENSE)|README\.md|package\.json)$/.test(path));
if (foreign.length > 0) throw new Error(`does not belong in the package: ${foreign.join(', ')}`);

for (const [path] of entries) {
  const entry = await import(name + path.slice(1));
  if (Object.keys(entry).length === 0) throw new Error(`${name + path.slice(1)} exports nothing`);
}
execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'test/package'], { stdio: 'inherit' });
console.log(`${entries.length} entries, ${files.size} files, ${packed.size} bytes packed`);
