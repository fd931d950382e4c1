import type { CSSProperties } from 'react';

const TOKENS =
  /(?<comment>\/\*.*?\*\/|\/\/.*)|(?<text>'[^'\n]*'|`[^`]*`)|(?<word>\b(?:import|export|from|function|const|let|return|await|async|if|new|type|void|typeof|interface|readonly|else|throw|try|catch|for|of|delete)\b)/g;

const IMPORTS = /^(import .*\n)+\n/;

/** The module itself, as it was built, but for its imports. */
export function Source({ file, code }: { file: string; code: string }) {
  return (
    <section className="card source" aria-labelledby="source-title">
      <h2 id="source-title">Source</h2>
      <p className="hint">
        <code>src/demo/src/{file}</code>, without its imports
      </p>
      {/* It scrolls on a low screen, so the keyboard must reach it. */}
      <pre tabIndex={0} role="region" aria-label={`Source of ${file}`} data-testid="source">
        <code>
          {code
            .replace(IMPORTS, '')
            .trim()
            .split('\n')
            .map((line, index) => (
              <span key={index} className="line" style={indentOf(line)}>
                {[...coloured(line.replace(/^ +/, unbroken))]}
                {'\n'}
              </span>
            ))}
        </code>
      </pre>
    </section>
  );
}

/** What does not fit stands below its line, further in. */
const indentOf = (line: string): CSSProperties => ({ '--indent': `${line.search(/\S|$/) + 4}ch` }) as CSSProperties;

/** A line must not break between its indentation and a long word. */
const unbroken = (spaces: string): string => '\u00a0'.repeat(spaces.length);

function* coloured(code: string) {
  let end = 0;
  for (const match of code.matchAll(TOKENS)) {
    const kind = Object.entries<string | undefined>(match.groups ?? {}).find(([, found]) => found !== undefined)?.[0];
    yield code.slice(end, match.index);
    yield (
      <span key={match.index} className={`code-${kind ?? ''}`}>
        {match[0]}
      </span>
    );
    end = match.index + match[0].length;
  }
  yield code.slice(end);
}
