// What an operator's browser loads: all of it, gzipped. Fails if it has outgrown its bound.
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const BOUNDS = { '.js': 60 * 1024, '.css': 6 * 1024 };

const dist = new URL('../dist/', import.meta.url);
const files = readdirSync(dist);
let fits = true;
for (const [ending, bound] of Object.entries(BOUNDS)) {
  const bytes = files
    .filter((name) => name.endsWith(ending))
    .reduce((sum, name) => sum + gzipSync(readFileSync(new URL(name, dist)), { level: 9 }).length, 0);
  fits &&= bytes > 0 && bytes <= bound;
  console.log(`console ${ending}: ${bytes} bytes gzipped, of ${bound}`);
}
process.exit(fits ? 0 : 1);
