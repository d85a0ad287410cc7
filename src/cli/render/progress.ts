import type { Paint } from './paint.ts';
import { displayWidth } from './width.ts';

const barWidth = 24;

/** `━━━━━━━━━━━━──────────── 5000/10000  50 %  1200/s  4 s left`; `fresh` of those done took `elapsedMs`. */
export function renderProgress(
  paint: Paint,
  { done, total, fresh, elapsedMs }: { done: number; total: number; fresh: number; elapsedMs: number },
): string {
  const share = total === 0 ? 1 : done / total;
  const full = Math.floor(share * barWidth);
  const bar = paint.green('━'.repeat(full)) + paint.dim('─'.repeat(barWidth - full));
  const counts = `${done}/${total}  ${Math.floor(share * 100)} %`;
  const perSecond = elapsedMs > 0 ? (fresh * 1000) / elapsedMs : 0;
  const pace =
    perSecond === 0 ? '' : `  ${paint.dim(`${rate(perSecond)}/s  ${timeText((total - done) / perSecond)} left`)}`;
  // A line that wraps can't be overwritten.
  const forms = [`${bar} ${counts}${pace}`, `${counts}${pace}`, counts];
  return forms.find((form) => displayWidth(form) < paint.columns) ?? counts;
}

/** `3,400 of 10,000 guests`, for a log. */
export function renderCount(done: number, total: number): string {
  const number = (value: number) => value.toLocaleString('en-US');
  return `${number(done)} of ${number(total)} ${total === 1 ? 'guest' : 'guests'}`;
}

/** `1200`, or `0.4` where it is slow. */
export function rate(perSecond: number): string {
  return perSecond < 10 ? perSecond.toFixed(1) : perSecond.toFixed(0);
}

/** `42 s`, `3 min 5 s`, `2 h 10 min`. */
export function timeText(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
