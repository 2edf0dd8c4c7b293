import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Attempt,
  newestFirst,
  previousAttempt,
  surplus,
  whenText,
} from "../../../web/src/store/attempts.ts";
import { parseSettings } from "../../../web/src/store/settings.ts";

function attempt(id: number, text: string, pack_version = "1"): Attempt {
  return {
    id,
    text,
    report: { pack_version } as Attempt["report"],
    audio: new Blob(),
  };
}

test("an attempt is compared with the latest earlier one at the same text", () => {
  const all = [
    attempt(1, "a b"),
    attempt(2, "other"),
    attempt(3, "A  b"),
    attempt(4, "a b"),
    attempt(5, "a b"),
  ];
  const current = all[3];
  assert.ok(current);
  assert.equal(previousAttempt(all, current)?.id, 3);
  assert.equal(previousAttempt(all, attempt(1, "a b")), null);
});

test("scores of another pack are not compared", () => {
  assert.equal(previousAttempt([attempt(1, "a", "1")], attempt(2, "a", "2")), null);
});

test("what exceeds the limit goes, oldest first", () => {
  const all = [attempt(3, ""), attempt(1, ""), attempt(4, ""), attempt(2, "")];
  assert.deepEqual(
    newestFirst(all).map(({ id }) => id),
    [4, 3, 2, 1],
  );
  assert.deepEqual(
    surplus(all, 2).map(({ id }) => id),
    [1, 2],
  );
  assert.deepEqual(surplus(all, 9), []);
});

test("times are said as people say them", () => {
  const now = new Date(2026, 10, 24, 15, 30);
  const at = (minutes: number) => whenText(now.getTime() - minutes * 60_000, now, "en-GB");
  assert.equal(at(0), "just now");
  assert.equal(at(59), "59 min ago");
  assert.equal(at(120), "today, 13:30");
  assert.equal(at(24 * 60), "23 Nov, 15:30");
});

test("settings of another version, or broken ones, fall back to the defaults", () => {
  const defaults = { theme: "auto", notation: "ipa", strictness: 0 };
  for (const stored of [null, "", "{", "null", "7", '{"theme":"pink","strictness":9}']) {
    assert.deepEqual(parseSettings(stored), defaults);
  }
  const chosen = { theme: "dark", notation: "arpabet", strictness: -1 };
  assert.deepEqual(parseSettings(JSON.stringify(chosen)), chosen);
});
