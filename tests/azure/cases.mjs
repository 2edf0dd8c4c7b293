// What the SDK must show, whichever way it runs: `run(options)` is scenario.mjs in Node or in a page.
import assert from "node:assert/strict";
import { KEY, cliReport, noise, silence, wavOf, wavOfSamples } from "./server.mjs";

export const TEXT = "I think this is the very best weather for a long walk.";
const GOOD = "think_slt_good";
const WRONG = "think_slt_errors";

/// The report has four decimals, an answer one: a tie may go either way.
export function near(actual, score, marks = 100) {
  assert.ok(Math.abs(actual - score * marks) < 0.051 + 1e-9, `${actual} is not ${score * marks}`);
}
/// The result, which must be one.
function recognised({ results }) {
  assert.equal(results[0]?.reason, "RecognizedSpeech", JSON.stringify(results));
  return results[0];
}
const wordsOf = (detail) => detail.Words.map((word) => word.Word);

export const cases = {
  async "recognizeOnce gives the scores of the command line"(run) {
    const wav = wavOf(GOOD);
    const answer = await run({ wav, text: TEXT });
    const { events } = answer;
    const result = recognised(answer);
    assert.equal(result.text, TEXT);
    const report = cliReport(wav, TEXT);
    near(result.scores.accuracy, report.utterance.accuracy);
    near(result.scores.fluency, report.utterance.fluency);
    near(result.scores.completeness, report.utterance.completeness);
    assert.equal(result.scores.prosody, undefined);
    const low = [report.utterance.accuracy, report.utterance.fluency, report.utterance.completeness].sort((a, b) => a - b);
    assert.ok(Math.abs(result.scores.pronunciation - 100 * (0.6 * low[0] + 0.2 * low[1] + 0.2 * low[2])) < 0.06);
    assert.deepEqual(wordsOf(result.detail), report.words.map((word) => word.word));
    report.words.forEach((word, w) => {
      const got = result.detail.Words[w];
      near(got.PronunciationAssessment.AccuracyScore, word.accuracy);
      assert.equal(got.Offset, word.start_ms * 10000);
      const expected = word.phonemes.filter((phone) => phone.expected);
      assert.equal(got.Phonemes.length, expected.length);
      expected.forEach((phone, p) => near(got.Phonemes[p].PronunciationAssessment.AccuracyScore, phone.score));
      assert.equal("Feedback" in got.PronunciationAssessment, false);
    });
    for (const name of ["sessionStarted", "speechStartDetected", "speechEndDetected", "recognized", "sessionStopped"]) {
      assert.ok(events.includes(name), `${name} in ${events}`);
    }
    assert.equal(events.indexOf("canceled"), -1, "recognizeOnce does not end as canceled");
  },

  async "the paths of fromEndpoint work too"(run) {
    for (const path of ["/stt/speech/universal/v2", "/speech/universal/v2", "/speech/recognition/interactive/cognitiveservices/v1"]) {
      recognised(await run({ wav: wavOf(GOOD), text: TEXT, path }));
    }
  },

  async "errors are found, in SAPI phones by default"(run) {
    const result = recognised(await run({ wav: wavOf(WRONG), text: TEXT }));
    const walk = result.detail.Words.at(-1);
    assert.equal(walk.Word, "walk");
    assert.equal(walk.PronunciationAssessment.ErrorType, "Mispronunciation");
    assert.deepEqual(walk.Phonemes.map((phone) => phone.Phoneme), ["w", "ao", "k"]);
    assert.ok(walk.Phonemes[2].PronunciationAssessment.AccuracyScore < 30);
    const the = result.detail.Words[4];
    assert.deepEqual(the.Phonemes.map((phone) => phone.Phoneme), ["dh", "ax"]);
  },

  async "IPA, and syllables"(run) {
    const result = recognised(await run({ wav: wavOf(GOOD), text: TEXT, alphabet: "IPA" }));
    const weather = result.detail.Words[7];
    assert.equal(weather.Word, "weather");
    assert.deepEqual(weather.Phonemes.map((phone) => phone.Phoneme), ["w", "ɛ", "ð", "ɚ"]);
    assert.deepEqual(weather.Syllables.map((syllable) => syllable.Syllable), ["wɛ", "ðɚ"]);
    for (const syllable of weather.Syllables) assert.ok(syllable.PronunciationAssessment.AccuracyScore > 50);
  },

  async "N-best phonemes name what was said"(run) {
    const result = recognised(await run({ wav: wavOf(WRONG), text: TEXT, nbest: 5 }));
    const very = result.detail.Words[5];
    assert.equal(very.Word, "very");
    const best = very.Phonemes[0].PronunciationAssessment.NBestPhonemes;
    assert.equal(best.length, 5);
    assert.equal(best[0].Phoneme, "w"); // wery
    assert.ok(best[0].Score > best[1].Score);
    assert.ok(best.some((phone) => phone.Phoneme === "v"));
  },

  async "five points"(run) {
    const wav = wavOf(GOOD);
    const result = recognised(await run({ wav, text: TEXT, grading: "FivePoint" }));
    const report = cliReport(wav, TEXT);
    near(result.scores.accuracy, report.utterance.accuracy, 5);
    assert.ok(result.scores.pronunciation <= 5);
  },

  async "prosody"(run) {
    const wav = wavOf(GOOD);
    const result = recognised(await run({ wav, text: TEXT, prosody: true }));
    near(result.scores.prosody, cliReport(wav, TEXT).utterance.prosody);
  },

  async "prosody: a pause within the sentence is an unexpected break"(run) {
    const { words } = cliReport(wavOf(GOOD), TEXT);
    const at = words.findIndex(({ word }) => word === "for");
    const wav = wavOf(GOOD, ["pad", `0.8@${(words[at - 1].end_ms + words[at].start_ms) / 2000}`]);
    const result = recognised(await run({ wav, text: TEXT, prosody: true }));
    const breaks = result.detail.Words.map((word) => word.PronunciationAssessment.Feedback.Prosody.Break);
    for (const [index, { ErrorTypes }] of breaks.entries()) {
      assert.deepEqual(ErrorTypes, [index === at ? "UnexpectedBreak" : "None"], JSON.stringify(breaks));
    }
    assert.equal("UnexpectedBreak" in breaks[0], false, "nothing is before the first word");
    const pause = cliReport(wav, TEXT).pauses.find(({ before_word }) => before_word === at);
    assert.equal(breaks[at].BreakLength, (pause.end_ms - pause.start_ms) * 10000);
    assert.equal(breaks[at].UnexpectedBreak.Confidence, pause.noticed_probability);
    assert.ok(breaks[at].BreakLength >= 7500000 && breaks[at].BreakLength < 9500000, JSON.stringify(breaks[at]));
    const without = recognised(await run({ wav, text: TEXT }));
    assert.equal("Feedback" in without.detail.Words[at].PronunciationAssessment, false);
  },

  async "granularity of words and of the whole"(run) {
    const words = await run({ wav: wavOf(GOOD), text: TEXT, granularity: "Word" });
    assert.equal("Phonemes" in recognised(words).detail.Words[0], false);
    const whole = await run({ wav: wavOf(GOOD), text: TEXT, granularity: "FullText" });
    assert.equal("Words" in recognised(whole).detail, false);
  },

  async "miscue: what was left out is an omission"(run) {
    const text = TEXT.replace("walk", "afternoon walk");
    const result = recognised(await run({ wav: wavOf(GOOD), text, miscue: true }));
    const types = Object.fromEntries(result.detail.Words.map((word) => [word.Word, word.PronunciationAssessment.ErrorType]));
    assert.equal(types.afternoon, "Omission", JSON.stringify(types));
    assert.equal(types.weather, "None");
    assert.notEqual(types.walk, "Omission", "it was said");
    assert.equal(result.detail.Lexical.includes("afternoon"), false);
    assert.equal(Object.values(types).includes("Insertion"), false);
    const without = await run({ wav: wavOf(GOOD), text, miscue: false });
    const plain = recognised(without).detail.Words.map((word) => word.PronunciationAssessment.ErrorType);
    assert.equal(plain.includes("Omission"), false);
  },

  async "miscue: what is said again is an insertion"(run) {
    const wav = wavOf(GOOD);
    const { words } = cliReport(wav, TEXT);
    const sampleAt = (ms) => Math.round(16 * ms);
    const begin = sampleAt(words.find((word) => word.word === "very").start_ms);
    const end = sampleAt(words.find((word) => word.word === "best").end_ms);
    const count = (wav.length - 44) / 2;
    const again = wavOfSamples((count + end - begin) / 16000, (i) =>
      wav.readInt16LE(44 + 2 * (i < end ? i : i - end + begin)) / 32768,
    );
    const result = recognised(await run({ wav: again, text: TEXT, miscue: true }));
    const inserted = result.detail.Words.filter((word) => word.PronunciationAssessment.ErrorType === "Insertion");
    assert.deepEqual(inserted.map((word) => word.Word), ["very best"], JSON.stringify(wordsOf(result.detail)));
    assert.equal(wordsOf(result.detail).length, words.length + 1);
    assert.match(result.detail.Lexical, /very best/);
    const without = await run({ wav: again, text: TEXT, miscue: false });
    assert.deepEqual(wordsOf(recognised(without).detail), words.map((word) => word.word));
  },

  async "continuous recognition: one turn, then the end of the stream"(run) {
    const wav = wavOf(GOOD);
    const { results, events, canceled } = await run({ wav, text: TEXT, mode: "continuous" });
    assert.equal(results.length, 1);
    near(results[0].scores.accuracy, cliReport(wav, TEXT).utterance.accuracy);
    assert.equal(canceled[0]?.reason, "EndOfStream");
    assert.equal(events.filter((name) => name === "sessionStarted").length, 1);
  },

  async "silence is no match"(run) {
    const { results } = await run({ wav: silence(3), text: TEXT });
    assert.equal(results[0].reason, "NoMatch");
    assert.equal(results[0].noMatch, "InitialSilenceTimeout");
    const early = await run({ wav: silence(20), text: TEXT, initialSilenceMs: 1000 });
    assert.equal(early.results[0].noMatch, "InitialSilenceTimeout");
    assert.ok(early.results[0].duration < 8 * 1e7, "does not wait for all of it");
  },

  async "noise is no match"(run) {
    const { results } = await run({ wav: noise(3), text: TEXT });
    assert.equal(results[0].reason, "NoMatch");
  },

  async "speech after a pause ends the turn of recognizeOnce"(run) {
    const wav = wavOf(GOOD, ["pad", "0", "8"]);
    assert.ok(recognised(await run({ wav, text: TEXT })).scores.accuracy > 80);
  },

  async "a wrong key is refused"(run) {
    const { results } = await run({ wav: wavOf(GOOD), text: TEXT, key: "wrong" });
    assert.equal(results[0].reason, "Canceled");
    assert.equal(results[0].canceled.reason, "Error");
    assert.ok(["AuthenticationFailure", "ConnectionFailure"].includes(results[0].canceled.code), results[0].canceled.code);
  },

  async "a text without words is a bad request, at once"(run) {
    const { results } = await run({ wav: wavOf(GOOD), text: "?!" });
    assert.equal(results[0].reason, "Canceled");
    assert.equal(results[0].canceled.code, "BadRequestParameters");
  },
};

export const withDefaults = (port) => (options) => ({ host: `ws://127.0.0.1:${port}`, key: KEY, ...options });
