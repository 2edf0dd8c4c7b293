// The pure part of the history: what an attempt is, and which one another is compared with.
import type { Report } from "../report.ts";
import { sameText } from "../score/compare.ts";

export interface Attempt {
  id: number; // ms since 1970 when it was made; unique, and the order
  text: string;
  report: Report;
  audio: Blob;
}

/** A sentence takes some 150 kB. */
export const MAX_ATTEMPTS = 60;

/** Newest first. */
export function newestFirst(attempts: readonly Attempt[]): Attempt[] {
  return [...attempts].sort((a, b) => b.id - a.id);
}

/** The latest attempt at the same text before this one, by the same models: others' scores do not compare. */
export function previousAttempt(attempts: readonly Attempt[], current: Attempt): Attempt | null {
  return (
    newestFirst(attempts).find(
      (attempt) =>
        attempt.id < current.id &&
        sameText(attempt.text, current.text) &&
        attempt.report.pack_version === current.report.pack_version,
    ) ?? null
  );
}

/** Those beyond the limit, oldest first. */
export function surplus(attempts: readonly Attempt[], limit: number): Attempt[] {
  return newestFirst(attempts).slice(limit).reverse();
}

/** "just now", "5 min ago", "today, 14:05", "3 May, 14:05": `now` and the result in the user's time zone. */
export function whenText(id: number, now: Date, locale?: string): string {
  const then = new Date(id);
  const minutes = Math.floor((now.getTime() - id) / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  const time = then.toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" });
  if (then.toDateString() === now.toDateString()) return `today, ${time}`;
  return `${then.toLocaleDateString(locale, { day: "numeric", month: "short" })}, ${time}`;
}
