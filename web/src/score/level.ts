// Scores to three levels. A level is never shown by its colour alone: each has a mark, an underline and a word too.
import type { PhoneReport, WordReport } from "../report.ts";

export type Level = "clear" | "almost" | "off";

export const LEVELS: readonly Level[] = ["clear", "almost", "off"];

export const LEVEL_NAMES: Record<Level, string> = {
  clear: "clear",
  almost: "almost",
  off: "work on this",
};

const CLEAR_FROM = 0.8;
const ALMOST_FROM = 0.6;
// Below this a phone is shown as wrong even where the engine was not sure enough to flag it.
const UNFLAGGED_OFF_BELOW = 0.4;

export function percent(score: number): number {
  return Math.round(Math.min(1, Math.max(0, score)) * 100);
}

/** Of the percentage that people see, so that a word showing 80 is never drawn as one below 80. */
export function levelOf(score: number): Level {
  const shown = percent(score) / 100;
  return shown >= CLEAR_FROM ? "clear" : shown >= ALMOST_FROM ? "almost" : "off";
}

/** The engine's flag decides, the score only shades: a learner gets a tip for every phone that is flagged, unless the
 * word was not heard. */
export function phoneLevel(phone: PhoneReport): Level {
  if (phone.error !== null) return "off";
  if (percent(phone.score) / 100 >= CLEAR_FROM) return "clear";
  return phone.score >= UNFLAGGED_OFF_BELOW ? "almost" : "off";
}

/** A long word with one wrong phone can still score 94: it is not shown as clear. */
export function wordLevel(word: WordReport): Level {
  const level = levelOf(word.total);
  const flagged = (word.phonemes ?? []).some((phone) => phone.error !== null);
  return flagged && level === "clear" ? "almost" : level;
}

export function verdict(total: number): string {
  const shown = percent(total);
  if (shown >= 90) return "Very clear";
  if (shown >= 80) return "Clear";
  if (shown >= 60) return "Understandable";
  return "Hard to follow yet";
}
