// What changed between two attempts at the same text.
import { isOmitted, type Report, type Utterance, type WordReport } from "../report.ts";
import { percent } from "./level.ts";

export interface WordChange {
  index: number;
  word: string;
  before: number; // 0-100
  now: number; // 0-100
  fixed: string[]; // expected phones that were flagged and no longer are
  broken: string[]; // the other way round
}

export interface Comparison {
  total: number; // points, -100 to 100
  parts: Record<keyof Utterance, number>;
  words: WordChange[]; // those worth a line, biggest change first
  fixed: number;
  remaining: number;
  appeared: number;
}

// Two readings by the same person differ by a few points without meaning anything.
export const NOTICEABLE_POINTS = 5;

/** Texts are the same when they would be read the same. */
export function sameText(a: string, b: string): boolean {
  const plain = (text: string) => text.normalize("NFC").trim().replace(/\s+/g, " ").toLowerCase();
  return plain(a) === plain(b);
}

/** The flagged phones of a word, by what was expected: the same phone flagged twice counts twice. Of a word that was not
 * heard, none: its phones are no sounds to work on. */
function flagged(word: WordReport): string[] {
  if (isOmitted(word)) return [];
  return (word.phonemes ?? [])
    .filter((phone) => phone.error !== null)
    .map((phone) => (phone.error === "insertion" ? `+${phone.phone}` : phone.phone));
}

function without(from: string[], remove: string[]): string[] {
  const rest = [...remove];
  return from.filter((item) => {
    const at = rest.indexOf(item);
    if (at < 0) return true;
    rest.splice(at, 1);
    return false;
  });
}

export function compare(before: Report, now: Report): Comparison {
  const points = (key: keyof Utterance) => percent(now.utterance[key]) - percent(before.utterance[key]);
  const comparison: Comparison = {
    total: points("total"),
    parts: {
      accuracy: points("accuracy"),
      fluency: points("fluency"),
      prosody: points("prosody"),
      completeness: points("completeness"),
      total: points("total"),
    },
    words: [],
    fixed: 0,
    remaining: 0,
    appeared: 0,
  };
  (now.words ?? []).forEach((word, index) => {
    const old = before.words?.[index];
    // Another pack may split the text differently; then there is nothing to compare this word with.
    if (!old || old.word !== word.word) return;
    const flaggedBefore = flagged(old);
    const flaggedNow = flagged(word);
    const fixed = without(flaggedBefore, flaggedNow);
    const broken = without(flaggedNow, flaggedBefore);
    comparison.fixed += fixed.length;
    comparison.appeared += broken.length;
    comparison.remaining += flaggedNow.length - broken.length;
    const change = {
      index,
      word: word.word,
      before: percent(old.total),
      now: percent(word.total),
      fixed,
      broken,
    };
    const noticeable = Math.abs(change.now - change.before) >= NOTICEABLE_POINTS;
    if (noticeable || fixed.length > 0 || broken.length > 0) comparison.words.push(change);
  });
  comparison.words.sort(
    (a, b) => Math.abs(b.now - b.before) - Math.abs(a.now - a.before) || a.index - b.index,
  );
  return comparison;
}

/** "+6", "−3", "±0": with the real minus sign. */
export function signed(points: number): string {
  return points > 0 ? `+${points}` : points < 0 ? `−${-points}` : "±0";
}
