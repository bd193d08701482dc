// Times as the page shows them: the day and the minute, in the order that sorts.

export function day(iso: string): string {
  return moment(iso).slice(0, 10);
}

/** `2026-11-22 14:05` in the user's time zone; what is no time stands as it is. */
export function moment(iso: string): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return iso;
  const two = (value: number) => String(value).padStart(2, '0');
  const date = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${date} ${two(time.getHours())}:${two(time.getMinutes())}`;
}
