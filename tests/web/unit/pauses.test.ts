import assert from "node:assert/strict";
import { test } from "node:test";
import { noticedPauses, type Pause, type Report } from "../../../web/src/report.ts";
import { aroundPause, pauseText } from "../../../web/src/view/pauses.ts";
import { summary } from "../../../web/src/view/scores.ts";

function pause(noticed_probability: number): Pause {
  return {
    after_word: 0,
    before_word: 2,
    start_ms: 380,
    end_ms: 1040,
    at_mark: false,
    noticed_probability,
  };
}

function report(pauses?: Pause[]): Report {
  return {
    utterance: { total: 0.9 },
    mispronunciations: [],
    words: [
      { word: "the", start_ms: 100, end_ms: 400 },
      { word: "hard", start_ms: 400, end_ms: 400, omission_probability: 0.9 },
      { word: "road", start_ms: 1000, end_ms: 1500 },
    ],
    ...(pauses ? { pauses } : {}),
  } as unknown as Report;
}

test("only pauses that are noticed are shown, and reports of older servers have none", () => {
  assert.deepEqual(noticedPauses(report([pause(0.49), pause(0.5)])), [pause(0.5)]);
  assert.deepEqual(noticedPauses(report()), []);
});

test("a pause is named by its length and the word before it, and played between its words", () => {
  const heard = report([pause(0.8)]);
  assert.equal(pauseText(heard, pause(0.8)), "0.7 s after “the”");
  assert.deepEqual(aroundPause(heard, pause(0.8)), {
    start_ms: 100,
    end_ms: 1500,
  });
});

test("the summary counts them", () => {
  assert.match(summary(report([pause(0.8)])), /1 pause that is noticed$/);
  assert.match(summary(report([pause(0.8), pause(0.9)])), /2 pauses that are noticed$/);
  assert.doesNotMatch(summary(report([pause(0.2)])), /pause/);
});
