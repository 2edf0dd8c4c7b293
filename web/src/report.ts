// The report of POST /v1/assess as docs/report.schema.json has it; only the fields that the page reads.
// Scores and probabilities are 0-1, times are ms from the start of the recording, character offsets are bytes of
// the UTF-8 text.

export type PhoneError = "substitution" | "deletion" | "insertion";

export interface PhoneReport {
  phone: string;
  ipa: string;
  score: number;
  expected: string | null;
  actual: string | null;
  error: PhoneError | null;
  stress: 0 | 1 | 2 | null;
  start_ms: number;
  end_ms: number;
}

export interface WordReport {
  word: string;
  accuracy: number;
  stress: number;
  total: number;
  start_ms: number;
  end_ms: number;
  char_begin: number;
  char_end: number;
  source: string;
  /** That it was left out, or cannot be recognised; reports of older servers have none. */
  omission_probability?: number;
  phonemes?: PhoneReport[];
}

export interface Mispronunciation {
  word: string;
  word_index: number;
  phone_index: number;
  expected: string | null;
  actual: string | null;
  type: PhoneError;
  probability: number;
  suggestion: string;
}

/** Speech that is not in the text: something that was added, or words of the text that were said once more. */
export interface AddedSpeech {
  /** An index into the words, of the last one that was said before it; null: it comes before all of them. Reports of
   * older servers have none. */
  after_word?: number | null;
  /** Where it belongs in the text, as an index into the words; their number: behind the last. */
  before_word: number;
  start_ms: number;
  end_ms: number;
  probability: number;
  phones: string[];
  /** The words [begin, end) that were said once more; null: it is no repetition. */
  repeats_begin: number | null;
  repeats_end: number | null;
}

/** A silence between two words. */
export interface Pause {
  /** Indices into the words, of those beside it that were said; words between the two were left out. */
  after_word: number;
  before_word: number;
  start_ms: number;
  end_ms: number;
  /** Whether the text has a punctuation mark there. */
  at_mark: boolean;
  noticed_probability: number;
}

export interface Utterance {
  accuracy: number;
  fluency: number;
  prosody: number;
  completeness: number;
  total: number;
}

export interface Report {
  utterance: Utterance;
  words?: WordReport[];
  mispronunciations: Mispronunciation[];
  quality: { duration_ms: number };
  warnings: { code: string; message: string }[];
  text: string;
  words_per_minute: number;
  /** Probability that the text is what was read; reports of older servers, as the history may hold, have none. */
  text_match?: number;
  /** In the order of the text; reports of older servers have none. */
  added_speech?: AddedSpeech[];
  /** In order; reports of older servers have none. */
  pauses?: Pause[];
  pack_version: string;
}

/** Whether something else than the text was read. The server's own bound: it has a warning and no tips then. */
export function isOtherText(report: Report): boolean {
  return (report.text_match ?? 1) < 0.5;
}

/** The server's own bound, too: it gives no tips for such a word, which takes no time in the recording. */
export function isOmitted(word: WordReport): boolean {
  return (word.omission_probability ?? 0) >= 0.5;
}

/** None where another text was read: then nothing of it is. */
export function addedSpeech(report: Report): readonly AddedSpeech[] {
  return isOtherText(report) ? [] : (report.added_speech ?? []);
}

/** Those that a listener notices, by the server's own bound. */
export function noticedPauses(report: Report): readonly Pause[] {
  return (report.pauses ?? []).filter((pause) => pause.noticed_probability >= 0.5);
}

/** What a server that speaks this contract must have sent; anything else is not a report. */
export function isReport(value: unknown): value is Report {
  if (typeof value !== "object" || value === null) return false;
  const report = value as Partial<Report>;
  return (
    typeof report.utterance?.total === "number" &&
    Array.isArray(report.mispronunciations) &&
    typeof report.quality?.duration_ms === "number" &&
    typeof report.text === "string"
  );
}
