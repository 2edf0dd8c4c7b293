// The last attempt beside this one, and what changed between them.
import { phoneInText, type PhoneNotation } from "../phones.ts";
import type { Report } from "../report.ts";
import { percent } from "../score/level.ts";
import { type Comparison, signed, type WordChange } from "../score/compare.ts";
import { h, icon } from "./dom.ts";
import { type OnWord, wordsLine } from "./words.ts";

export interface Side {
  title: string;
  report: Report;
  onPlay(): void;
  onWord: OnWord;
}

function side({ title, report, onPlay, onWord }: Side): HTMLElement {
  return h(
    "div",
    { class: "side" },
    h(
      "div",
      { class: "side-head" },
      h(
        "button",
        { type: "button", class: "round", "aria-label": `Play: ${title}`, onclick: onPlay },
        icon("play"),
      ),
      h("h3", {}, title),
      h("span", { class: "side-total" }, String(percent(report.utterance.total))),
    ),
    wordsLine(report, `Words, ${title}`, onWord),
  );
}

function soundsText(change: WordChange, notation: PhoneNotation): string {
  const names = (phones: string[]) =>
    phones.map((phone) => (phone.startsWith("+") ? "extra sound" : phoneInText(phone, notation))).join(", ");
  const fixed = change.fixed.length > 0 ? `${names(change.fixed)} fixed` : "";
  const broken = change.broken.length > 0 ? `${names(change.broken)} new` : "";
  return [fixed, broken].filter(Boolean).join("; ");
}

function headline(comparison: Comparison): string {
  const parts = [
    comparison.fixed > 0 ? `${comparison.fixed} fixed` : "",
    comparison.remaining > 0 ? `${comparison.remaining} still there` : "",
    comparison.appeared > 0 ? `${comparison.appeared} new` : "",
  ].filter(Boolean);
  return parts.length > 0 ? `Sounds to work on: ${parts.join(", ")}.` : "No sounds to work on, then or now.";
}

function changesTable(comparison: Comparison, notation: PhoneNotation): HTMLElement {
  return h(
    "table",
    {},
    h("caption", {}, "Words that changed"),
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        ...["Word", "Before", "Now", "Change", "Sounds"].map((name) => h("th", { scope: "col" }, name)),
      ),
    ),
    h(
      "tbody",
      {},
      ...comparison.words.map((change) => {
        const points = change.now - change.before;
        const direction = points > 0 ? "up" : points < 0 ? "down" : "same";
        return h(
          "tr",
          {},
          h("th", { scope: "row" }, change.word),
          h("td", {}, String(change.before)),
          h("td", {}, String(change.now)),
          h("td", {}, h("span", { class: "change", "data-direction": direction }, signed(points))),
          h("td", { class: "sounds" }, soundsText(change, notation)),
        );
      }),
    ),
  );
}

export function comparisonView(
  comparison: Comparison,
  before: Side,
  now: Side,
  notation: PhoneNotation,
): HTMLElement[] {
  return [
    h("p", { class: "quiet" }, headline(comparison)),
    h("div", { class: "sides" }, side(before), side(now)),
    comparison.words.length > 0
      ? changesTable(comparison, notation)
      : h("p", { class: "quiet" }, "No word changed noticeably."),
  ];
}
