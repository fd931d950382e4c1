// Compiles lib/ to dist/: one ES module and one .d.ts for each, so that bundlers drop what an application does not use.
import { execFileSync } from 'node:child_process';
import { copyFileSync, rmSync } from 'node:fs';

process.chdir(new URL('..', import.meta.url).pathname);
rmSync('dist', { recursive: true, force: true });
execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', '.'], { stdio: 'inherit' });
copyFileSync('../../LICENSE', 'dist/LICENSE');
