// Scripts as a bundler makes them of an application, with the client library as it is published.
import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';

const client = new URL('../../client/', import.meta.url);

/** What the client's own packages give: esbuild, React, ws. */
export const requireOfClient = createRequire(new URL('package.json', client));

/**
 * One script.
 *
 * @param entry what esbuild is told of it: `entryPoints`, or `stdin` with `contents` and a `loader`
 * @param environment `development`, or `production`, in which React is that of a finished application
 */
export async function bundle(entry, environment = 'development') {
  const { exports } = JSON.parse(await readFile(new URL('package.json', client), 'utf8'));
  const alias = Object.entries(exports)
    .filter(([, { default: file }]) => file !== undefined)
    .map(([path, { default: file }]) => [`carillon-client${path.slice(1)}`, new URL(file, client).pathname]);
  const { outputFiles } = await requireOfClient('esbuild').build({
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': JSON.stringify(environment) },
    nodePaths: [new URL('node_modules', client).pathname],
    alias: Object.fromEntries(alias.sort(([a], [b]) => b.length - a.length)),
    logLevel: 'error',
    ...entry,
    ...(entry.stdin ? { stdin: { resolveDir: new URL('.', client).pathname, ...entry.stdin } } : {}),
  });
  return outputFiles[0].text;
}
