import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { IPA, labelsInText, phoneInText, phoneLabel } from "../../../web/src/phones.ts";
import type { Report } from "../../../web/src/report.ts";
import { TEXT_GROUPS } from "../../../web/src/texts.ts";
import { tokensOf } from "../../../web/src/text.ts";
import { changeText, sureText } from "../../../web/src/view/word_detail.ts";

function report(text: string, words: [string, number, number][]): Report {
  return {
    text,
    words: words.map(([word, char_begin, char_end]) => ({
      word,
      char_begin,
      char_end,
    })),
  } as Report;
}

test("tokens are cut by bytes, whatever the letters", () => {
  // "é" and the quotes are longer in bytes than in characters.
  const { tokens, rest } = tokensOf(
    report("“Café” au lait!", [
      ["cafe", 3, 8],
      ["au", 12, 14],
      ["lait", 15, 19],
    ]),
  );
  assert.deepEqual(tokens, [
    { before: "“", written: "Café", words: [0] },
    { before: "” ", written: "au", words: [1] },
    { before: " ", written: "lait", words: [2] },
  ]);
  assert.equal(rest, "!");
});

test("spoken words of one written token stay together", () => {
  const { tokens } = tokensOf(
    report("in 1995", [
      ["in", 0, 2],
      ["nineteen", 3, 7],
      ["ninety", 3, 7],
      ["five", 3, 7],
    ]),
  );
  assert.deepEqual(tokens[1], {
    before: " ",
    written: "1995",
    words: [1, 2, 3],
  });
});

test("a report without words (detail sentence) is all rest", () => {
  assert.deepEqual(tokensOf({ text: "Hello." } as Report), {
    tokens: [],
    rest: "Hello.",
  });
});

test("the IPA table is the pack's", () => {
  const file = `${process.env["HIGGINS_ROOT"]}/packs/en-us/articulation.json`;
  const phones = JSON.parse(readFileSync(file, "utf8")).phones as Record<string, { ipa: string }>;
  assert.deepEqual(IPA, Object.fromEntries(Object.entries(phones).map(([name, { ipa }]) => [name, ipa])));
});

test("phones are written as the user chose", () => {
  assert.equal(phoneLabel("AH", "ipa", "ə"), "ə");
  assert.equal(phoneLabel("AH", "arpabet", "ə"), "AH");
  assert.equal(phoneInText("TH", "ipa"), "/θ/");
  assert.equal(phoneInText("TH", "arpabet"), "TH");
  assert.equal(labelsInText(["θ", "ɪ"], "ipa"), "/θɪ/");
  assert.equal(labelsInText(["TH", "IH"], "arpabet"), "TH IH");
});

test("what happened to a phone, in words", () => {
  assert.equal(
    changeText({ type: "substitution", expected: "V", actual: "W" }, "ipa"),
    "/v/ sounded like /w/",
  );
  assert.equal(changeText({ type: "deletion", expected: "K", actual: null }, "arpabet"), "K was left out");
  assert.equal(changeText({ type: "insertion", expected: null, actual: "AH" }, "ipa"), "extra /ʌ/");
});

test("a guess is never called certain", () => {
  assert.deepEqual([0.01, 0.49, 0.5, 0.996, 1].map(sureText), [
    "a guess",
    "a guess",
    "50 % sure",
    "99 % sure",
    "99 % sure",
  ]);
});

test("practice texts are different, and none is too long to read at once", () => {
  const texts = TEXT_GROUPS.flatMap((group) => group.texts.map(({ text }) => text));
  assert.equal(new Set(texts).size, texts.length);
  for (const text of texts) assert.ok(text.split(" ").length <= 60, text);
});
