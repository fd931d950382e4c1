// Writes the TypeScript of the guide and the READMEs to test/snippets/, where it is compiled like the tests.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

process.chdir(new URL('..', import.meta.url).pathname);
rmSync('test/snippets', { recursive: true, force: true });
mkdirSync('test/snippets');
let count = 0;
for (const document of ['../docs/client.md', '../../README.md', 'README.md']) {
  for (const [, language, code] of readFileSync(document, 'utf8').matchAll(/^```(tsx?)\n(.*?)^```$/gms)) {
    writeFileSync(`test/snippets/${++count}.${language}`, code);
  }
}
console.log(`${count} snippets`);
