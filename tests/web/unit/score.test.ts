import assert from "node:assert/strict";
import { test } from "node:test";
import type { AddedSpeech, PhoneReport, Report, WordReport } from "../../../web/src/report.ts";
import { compare, sameText, signed } from "../../../web/src/score/compare.ts";
import { summary } from "../../../web/src/view/scores.ts";
import { withoutTipsText } from "../../../web/src/view/word_detail.ts";
import { levelOf, percent, phoneLevel, verdict, wordLevel } from "../../../web/src/score/level.ts";

function phone(name: string, score: number, error: PhoneReport["error"] = null): PhoneReport {
  const expected = error === "insertion" ? null : name;
  return {
    phone: name,
    ipa: "",
    score,
    expected,
    actual: name,
    error,
    stress: null,
    start_ms: 0,
    end_ms: 50,
  };
}

function word(name: string, total: number, phonemes: PhoneReport[]): WordReport {
  const range = {
    start_ms: 0,
    end_ms: 100,
    char_begin: 0,
    char_end: name.length,
  };
  return {
    word: name,
    accuracy: total,
    stress: 1,
    total,
    source: "dictionary",
    phonemes,
    ...range,
  };
}

function report(total: number, words: WordReport[]): Report {
  const utterance = {
    accuracy: total,
    fluency: 0.9,
    prosody: 0.9,
    completeness: 1,
    total,
  };
  const rest = {
    mispronunciations: [],
    warnings: [],
    text: "",
    words_per_minute: 0,
    pack_version: "1",
  };
  return { utterance, words, quality: { duration_ms: 1000 }, ...rest };
}

test("a score's level is that of the percentage that is shown", () => {
  assert.equal(levelOf(1), "clear");
  assert.equal(levelOf(0.796), "clear"); // shown as 80
  assert.equal(levelOf(0.794), "almost"); // shown as 79
  assert.equal(levelOf(0.6), "almost");
  assert.equal(levelOf(0.594), "off");
  assert.equal(levelOf(0), "off");
});

test("percentages stay within 0 and 100", () => {
  assert.deepEqual([-0.1, 0, 0.505, 1, 1.2].map(percent), [0, 0, 51, 100, 100]);
});

test("the engine's flag decides about a phone, not its score", () => {
  assert.equal(phoneLevel(phone("V", 0.95, "substitution")), "off");
  assert.equal(phoneLevel(phone("V", 0.57)), "almost");
  assert.equal(phoneLevel(phone("V", 0.2)), "off");
  assert.equal(phoneLevel(phone("V", 0.9)), "clear");
});

test("the summary says when another text was read, where the server knows", () => {
  assert.match(summary(report(0.9, [])), /no sound to work on/);
  assert.match(summary({ ...report(0.9, []), text_match: 0.5 }), /no sound to work on/);
  assert.match(
    summary(report(0.7, [{ ...word("a", 0.3, []), omission_probability: 0.9 }])),
    /1 word not heard$/,
  );
  assert.equal(summary({ ...report(0.12, []), text_match: 0.1 }), "This did not sound like the text");
});

test("the summary counts what is not in the text", () => {
  const stretch = { before_word: 0, phones: ["AH"] } as AddedSpeech;
  const unheard = { ...word("a", 0.3, []), omission_probability: 0.9 };
  const added = (...added_speech: AddedSpeech[]) => ({ ...report(0.7, [unheard]), added_speech });
  assert.match(summary(added()), /work on, 1 word not heard$/);
  assert.match(summary(added(stretch)), /1 word not heard, 1 stretch not in the text$/);
  assert.match(summary(added(stretch, stretch)), /, 2 stretches not in the text$/);
  assert.equal(summary({ ...added(stretch), text_match: 0.1 }), "This did not sound like the text");
});

test("a word without tips says why", () => {
  const very = word("very", 0.3, [phone("V", 0.1, "substitution")]);
  assert.match(withoutTipsText(report(0.5, [very]), very), /No sound/);
  assert.match(withoutTipsText(report(0.5, [very]), { ...very, omission_probability: 0.49 }), /No sound/);
  assert.match(withoutTipsText(report(0.5, [very]), { ...very, omission_probability: 0.5 }), /not heard/);
  assert.match(withoutTipsText({ ...report(0.1, [very]), text_match: 0.2 }, very), /Something else/);
});

test("a word with a flagged phone is never clear", () => {
  assert.equal(wordLevel(word("very", 0.94, [phone("V", 0.5, "substitution"), phone("EH", 1)])), "almost");
  assert.equal(wordLevel(word("very", 0.94, [phone("V", 0.9)])), "clear");
  assert.equal(wordLevel(word("walk", 0.46, [phone("K", 0, "deletion")])), "off");
});

test("the verdict follows the number beside it", () => {
  assert.deepEqual([0.899, 0.8, 0.6, 0.594].map(verdict), [
    "Very clear",
    "Clear",
    "Understandable",
    "Hard to follow yet",
  ]);
});

test("texts that are read the same are the same", () => {
  assert.ok(sameText("We call  it\nbear.", " we call it bear."));
  assert.ok(!sameText("We call it bear.", "We call it a bear."));
});

test("a comparison tells fixed, remaining and new sounds apart", () => {
  const before = report(0.7, [
    word("very", 0.6, [phone("V", 0.2, "substitution"), phone("R", 0.3, "substitution")]),
    word("walk", 0.9, [phone("K", 1)]),
    word("long", 0.9, [phone("L", 1)]),
  ]);
  const now = report(0.8, [
    word("very", 0.8, [phone("V", 1), phone("R", 0.3, "substitution")]),
    word("walk", 0.5, [phone("K", 0, "deletion")]),
    word("long", 0.88, [phone("L", 1)]),
  ]);
  const { total, fixed, remaining, appeared, words } = compare(before, now);
  assert.deepEqual({ total, fixed, remaining, appeared }, { total: 10, fixed: 1, remaining: 1, appeared: 1 });
  // The biggest change first; two points of difference are not worth a line.
  assert.deepEqual(words, [
    { index: 1, word: "walk", before: 90, now: 50, fixed: [], broken: ["K"] },
    { index: 0, word: "very", before: 60, now: 80, fixed: ["V"], broken: [] },
  ]);
});

test("the same phone flagged twice and then once counts as one fixed", () => {
  const twice = report(0.5, [
    word("did", 0.5, [phone("D", 0, "substitution"), phone("D", 0, "substitution")]),
  ]);
  const once = report(0.5, [word("did", 0.5, [phone("D", 0, "substitution"), phone("D", 1)])]);
  const { fixed, remaining } = compare(twice, once);
  assert.deepEqual([fixed, remaining], [1, 1]);
});

test("of a word that was not heard no sound is fixed or new", () => {
  const heard = report(0.5, [word("did", 0.5, [phone("D", 0, "substitution"), phone("IH", 1)])]);
  const unheard = report(0.4, [
    { ...word("did", 0.3, [phone("D", 1), phone("IH", 0, "deletion")]), omission_probability: 0.9 },
  ]);
  const { fixed, remaining, appeared } = compare(unheard, unheard);
  assert.deepEqual([fixed, remaining, appeared], [0, 0, 0]);
  assert.equal(compare(heard, unheard).appeared, 0);
});

test("words that do not line up are not compared", () => {
  const { words } = compare(report(0.5, [word("nineteen", 0.1, [])]), report(0.5, [word("ninety", 1, [])]));
  assert.deepEqual(words, []);
});

test("differences carry their sign", () => {
  assert.deepEqual([6, -3, 0].map(signed), ["+6", "−3", "±0"]);
});
