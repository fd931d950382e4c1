// Figures in few characters.

/** 0, 0.4, 12, 1.2k, 3.4M; a dash for none. */
export function count(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  if (value > 0 && value < 9.95) return trim(value.toFixed(1));
  for (const [unit, size] of [
    ['M', 1e6],
    ['k', 1e3],
  ] as const) {
    if (value >= size * 0.9995) return `${short(value / size)}${unit}`;
  }
  return String(Math.round(value));
}

/** In powers of 1024. */
export function bytes(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  let left = value;
  for (const unit of ['B', 'KiB', 'MiB']) {
    if (left < 999.5) return `${unit === 'B' ? Math.round(left) : short(left)} ${unit}`;
    left /= 1024;
  }
  return `${short(left)} GiB`;
}

export function millis(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  return value >= 1000 ? `${short(value / 1000)} s` : `${trim(value.toFixed(value < 10 ? 1 : 0))} ms`;
}

export const percent = (share: number): string => `${Math.round(share * 100)}%`;

/** The two largest units: 3 d 4 h, 5 min 2 s. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const parts = [
    [Math.floor(seconds / 86400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const;
  const first = parts.findIndex(([value]) => value > 0);
  if (first < 0) return '0 s';
  return parts
    .slice(first, first + 2)
    .filter(([value]) => value > 0)
    .map(([value, unit]) => `${value} ${unit}`)
    .join(' ');
}

/** How long ago or ahead of `now`. */
export function relative(at: number, now: number): string {
  const away = at - now;
  if (Math.abs(away) < 1500) return 'now';
  return away < 0 ? `${duration(-away)} ago` : `in ${duration(away)}`;
}

export const clock = (at: number): string => new Date(at).toLocaleTimeString('en-GB');

export const moment = (at: number): string => new Date(at).toLocaleString('sv-SE');

/** The first characters of an id that is too long for a table. */
export const brief = (id: string): string => (id.length > 12 ? `${id.slice(0, 8)}…` : id);

const short = (value: number): string => (value < 99.95 ? trim(value.toFixed(1)) : String(Math.round(value)));

const trim = (text: string): string => text.replace(/\.0$/, '');
