// Which piece of the recording is played for a word or a phone.

export interface Stretch {
  start_ms: number;
  end_ms: number;
}

// A consonant of 40 ms alone is a click to the ear; with its surroundings it can be recognised.
const SHORTEST_MS = 180;
const MARGIN_MS = 20;

export function audibleStretch(start_ms: number, end_ms: number, duration_ms: number): Stretch {
  const missing_ms = Math.max(0, SHORTEST_MS - (end_ms - start_ms));
  const margin_ms = Math.max(MARGIN_MS, missing_ms / 2);
  return {
    start_ms: Math.max(0, Math.round(start_ms - margin_ms)),
    end_ms: Math.min(duration_ms, Math.round(end_ms + margin_ms)),
  };
}
