import assert from "node:assert/strict";
import { test } from "node:test";
import { audibleStretch } from "../../../web/src/audio/stretch.ts";
import {
  clock,
  MIN_PX_PER_S,
  pxToTime,
  spanAt,
  timeToPx,
  trackWidth,
} from "../../../web/src/score/timeline.ts";

test("a short recording fills the window, a long one scrolls", () => {
  assert.equal(trackWidth(1000, 800), 800);
  assert.equal(trackWidth(60_000, 800), 60 * MIN_PX_PER_S);
});

test("time to pixel and back", () => {
  assert.equal(timeToPx(500, 2000, 800), 200);
  assert.equal(pxToTime(200, 2000, 800), 500);
  for (const time_ms of [0, 1, 333, 1999, 2000]) {
    assert.ok(Math.abs(pxToTime(timeToPx(time_ms, 2000, 777), 2000, 777) - time_ms) < 1e-9);
  }
});

test("what lies outside is held at the edge", () => {
  assert.equal(timeToPx(-5, 2000, 800), 0);
  assert.equal(timeToPx(2500, 2000, 800), 800);
  assert.equal(pxToTime(900, 2000, 800), 2000);
  assert.equal(timeToPx(5, 0, 800), 0);
  assert.equal(pxToTime(5, 2000, 0), 0);
});

test("where two spans meet, the later one holds the moment", () => {
  const spans = [
    { start_ms: 100, end_ms: 200 },
    { start_ms: 200, end_ms: 300 },
  ];
  assert.deepEqual(
    [99, 100, 199, 200, 299, 300].map((time_ms) => spanAt(spans, time_ms)),
    [-1, 0, 0, 1, 1, -1],
  );
});

test("a short phone is played with its surroundings, within the recording", () => {
  assert.deepEqual(audibleStretch(500, 540, 3000), {
    start_ms: 430,
    end_ms: 610,
  });
  assert.deepEqual(audibleStretch(0, 40, 3000), { start_ms: 0, end_ms: 110 });
  assert.deepEqual(audibleStretch(2960, 3000, 3000), {
    start_ms: 2890,
    end_ms: 3000,
  });
});

test("a word is played whole, with a small margin", () => {
  assert.deepEqual(audibleStretch(500, 900, 3000), {
    start_ms: 480,
    end_ms: 920,
  });
});

test("the clock counts whole seconds", () => {
  assert.deepEqual([0, 999, 7000, 62_500].map(clock), ["0:00", "0:00", "0:07", "1:02"]);
});
