// One word: its phones with their scores, what was heard instead, and the tips.
import {
  isOmitted,
  isOtherText,
  type Mispronunciation,
  type PhoneReport,
  type Report,
  type WordReport,
} from "../report.ts";
import { labelsInText, type PhoneNotation, phoneInText, phoneLabel } from "../phones.ts";
import { LEVEL_NAMES, percent, phoneLevel } from "../score/level.ts";
import { h, icon } from "./dom.ts";
import { roving } from "./roving.ts";

export interface WordDetailEvents {
  onPlayWord(word_index: number): void;
  onPlayPhone(word_index: number, phone_index: number): void;
}

/** "sounded like /w/", "was left out", "an extra sound". */
export function changeText(
  error: Pick<Mispronunciation, "type" | "expected" | "actual">,
  notation: PhoneNotation,
): string {
  const expected = error.expected ? phoneInText(error.expected, notation) : "";
  const actual = error.actual ? phoneInText(error.actual, notation) : "another sound";
  if (error.type === "deletion") return `${expected} was left out`;
  if (error.type === "insertion") return `extra ${actual}`;
  return `${expected} sounded like ${actual}`;
}

function phoneNote(phone: PhoneReport, notation: PhoneNotation): string {
  if (phone.error === "deletion") return "left out";
  if (phone.error === "insertion") return "extra";
  if (phone.error === "substitution" && phone.actual) return `heard ${phoneLabel(phone.actual, notation)}`;
  return "";
}

/** For the screen reader: what the mark shows. */
function hiddenText(text: string): HTMLElement {
  return h("span", { class: "visually-hidden" }, text);
}

function phoneButton(phone: PhoneReport, notation: PhoneNotation, on_click: () => void): HTMLElement {
  const level = phoneLevel(phone);
  const label = phoneLabel(phone.phone, notation, phone.ipa);
  const note = phoneNote(phone, notation);
  return h(
    "button",
    {
      type: "button",
      class: "phone",
      "data-level": level,
      "data-error": phone.error ?? undefined,
      onclick: on_click,
    },
    h("span", { class: "symbol" }, phone.stress === 1 && notation === "ipa" ? h("i", {}, "ˈ") : null, label),
    hiddenText(`: ${LEVEL_NAMES[level]}, `),
    h("span", { class: "points" }, icon(level), String(percent(phone.score)), hiddenText(" of 100 ")),
    h("span", { class: "note" }, note),
  );
}

const SOURCE_NOTES: Record<string, string> = {
  g2p: "This word is not in the dictionary; the expected sounds were worked out from its spelling.",
  spelled_letters: "Read letter by letter.",
};

/** The sounds of the word as they were expected, e.g. "/θɪŋk/". */
function expectedText(word: WordReport, notation: PhoneNotation): string {
  const phones = (word.phonemes ?? []).filter((phone) => phone.error !== "insertion");
  return labelsInText(
    phones.map((phone) => phoneLabel(phone.phone, notation, phone.ipa)),
    notation,
  );
}

/** Never "100 %": it is a guess. Below a half the engine means "something was wrong", hardly what. */
export function sureText(probability: number): string {
  return probability < 0.5 ? "a guess" : `${Math.min(99, percent(probability))} % sure`;
}

function tips(errors: readonly Mispronunciation[], notation: PhoneNotation): HTMLElement {
  return h(
    "ul",
    { class: "tips" },
    ...errors.map((error) =>
      h(
        "li",
        {},
        h("strong", {}, `${changeText(error, notation)}. `),
        h("span", { class: "sure" }, sureText(error.probability)),
        h("span", { class: "tip" }, error.suggestion),
      ),
    ),
  );
}

/** Why there is no tip. */
export function withoutTipsText(report: Report, word: WordReport): string {
  if (isOtherText(report)) return "Something else seems to have been said here.";
  if (isOmitted(word)) return "This word was not heard.";
  return "No sound of this word was marked as wrong.";
}

export function wordDetail(
  report: Report,
  index: number,
  notation: PhoneNotation,
  events: WordDetailEvents,
): HTMLElement[] {
  const word = report.words?.[index];
  if (!word) return [];
  const errors = report.mispronunciations.filter((error) => error.word_index === index);
  const phones = h(
    "div",
    { class: "phones", role: "group", "aria-label": `Sounds of ${word.word}` },
    ...(word.phonemes ?? []).map((phone, at) =>
      phoneButton(phone, notation, () => events.onPlayPhone(index, at)),
    ),
  );
  roving(phones, ".phone");
  const source = SOURCE_NOTES[word.source];
  return [
    h(
      "div",
      { class: "word-head" },
      // It takes no time in the recording: there is nothing to play.
      isOmitted(word)
        ? null
        : h(
            "button",
            {
              type: "button",
              class: "round",
              "aria-label": `Play ${word.word}`,
              onclick: () => events.onPlayWord(index),
            },
            icon("play"),
          ),
      h("h3", {}, word.word),
      h("span", { class: "expected", lang: "en" }, expectedText(word, notation)),
      h(
        "span",
        { class: "figures" },
        `word ${percent(word.total)} · sounds ${percent(word.accuracy)} · stress ${percent(word.stress)}`,
      ),
    ),
    // What may have been heard in its place says nothing about how it would have been said.
    ...(isOmitted(word) ? [] : [phones]),
    errors.length > 0 ? tips(errors, notation) : h("p", { class: "quiet" }, withoutTipsText(report, word)),
    ...(source ? [h("p", { class: "quiet" }, source)] : []),
  ];
}
