import assert from "node:assert/strict";
import { test } from "node:test";
import { type AddedSpeech, addedSpeech, type Report } from "../../../web/src/report.ts";
import { addedSounds, addedText } from "../../../web/src/view/added.ts";

function stretch(before_word: number, repeats: [number, number] | null = null): AddedSpeech {
  return {
    after_word: before_word > 0 ? before_word - 1 : null,
    before_word,
    start_ms: 100,
    end_ms: 400,
    probability: 0.9,
    phones: ["B", "R", "AY", "T"],
    repeats_begin: repeats?.[0] ?? null,
    repeats_end: repeats?.[1] ?? null,
  };
}

function report(words: string, added?: AddedSpeech[]): Report {
  return {
    text: words,
    words: words.split(" ").map((word) => ({ word })),
    ...(added ? { added_speech: added } : {}),
  } as Report;
}

test("what was added is placed behind the word before it", () => {
  const text = report("the end of the hard road");
  assert.equal(addedText(text, stretch(5)), "something else, after “hard”");
  assert.equal(addedText(text, stretch(0)), "something else, before the first word");
  assert.equal(addedText(text, stretch(6)), "something else, after “road”");
});

test("a word that was left out is no place in the recording", () => {
  const text = report("the end of the hard road");
  assert.equal(addedText(text, { ...stretch(5), after_word: 2 }), "something else, after “of”");
  assert.equal(addedText(text, { ...stretch(5), after_word: null }), "something else, before the first word");
  const { after_word: _, ...older } = stretch(5);
  assert.equal(addedText(text, older), "something else, after “hard”");
});

test("what was said once more is named by its words", () => {
  const text = report("the end of the hard road");
  assert.equal(addedText(text, stretch(3, [2, 4])), "“of the” once more, after “of”");
  assert.equal(addedText(text, stretch(0, [0, 1])), "“the” once more, before the first word");
  assert.equal(addedSounds(stretch(3, [2, 4]), "ipa"), "");
});

test("the sounds of what was added are written as the user chose", () => {
  assert.equal(addedSounds(stretch(5), "ipa"), "/bɹaɪt/");
  assert.equal(addedSounds(stretch(5), "arpabet"), "B R AY T");
  assert.equal(addedSounds({ ...stretch(5), phones: [] }, "ipa"), "");
});

test("nothing was added where another text was read, or the server is an older one", () => {
  assert.equal(addedSpeech(report("hard road", [stretch(1)])).length, 1);
  assert.deepEqual(addedSpeech({ ...report("hard road", [stretch(1)]), text_match: 0.1 }), []);
  assert.deepEqual(addedSpeech(report("hard road")), []);
});
