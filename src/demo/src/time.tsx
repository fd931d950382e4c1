/** The time of day, as it is usual where the browser is. */
export function Clock({ at, seconds = false }: { at: number; seconds?: boolean }) {
  const date = new Date(at);
  const options: Intl.DateTimeFormatOptions = {
    hour: '2-digit',
    minute: '2-digit',
    ...(seconds && { second: '2-digit' }),
  };
  return <time dateTime={date.toISOString()}>{date.toLocaleTimeString([], options)}</time>;
}
