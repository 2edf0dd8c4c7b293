// Time to pixels and back, for the waveform and what is written under it.

export interface Span {
  start_ms: number;
  end_ms: number;
}

// Narrower, and a short phone has no room for its name; a longer recording scrolls instead.
export const MIN_PX_PER_S = 200;

/** The track fills the window, or is as wide as the recording needs. */
export function trackWidth(duration_ms: number, window_px: number): number {
  return Math.max(window_px, Math.ceil((duration_ms / 1000) * MIN_PX_PER_S));
}

export function timeToPx(time_ms: number, duration_ms: number, width_px: number): number {
  if (duration_ms <= 0) return 0;
  return Math.min(width_px, Math.max(0, (time_ms / duration_ms) * width_px));
}

export function pxToTime(x_px: number, duration_ms: number, width_px: number): number {
  if (width_px <= 0) return 0;
  return Math.min(duration_ms, Math.max(0, (x_px / width_px) * duration_ms));
}

/** The index of the span that holds this moment, -1 for none; of two that meet there, the later. */
export function spanAt(spans: readonly Span[], time_ms: number): number {
  return spans.findIndex((span) => time_ms >= span.start_ms && time_ms < span.end_ms);
}

/** "0:07", "1:02". */
export function clock(time_ms: number): string {
  const seconds = Math.floor(time_ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
