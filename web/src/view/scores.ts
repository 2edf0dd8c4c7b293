// The head of a result: the total, and what it is made of.
import {
  addedSpeech,
  isOmitted,
  isOtherText,
  noticedPauses,
  type Report,
  type Utterance,
} from "../report.ts";
import { percent, verdict } from "../score/level.ts";
import { type Comparison, signed } from "../score/compare.ts";
import { h } from "./dom.ts";

const PARTS: [keyof Utterance, string, string][] = [
  ["accuracy", "Accuracy", "how the single sounds came out"],
  ["fluency", "Fluency", "pace, pauses, and flow"],
  ["prosody", "Prosody", "stress and melody"],
  ["completeness", "Completeness", "how much of the text was read"],
];

function change(points: number | undefined): HTMLElement | null {
  if (points === undefined) return null;
  const direction = points > 0 ? "up" : points < 0 ? "down" : "same";
  return h(
    "span",
    { class: "change", "data-direction": direction, "aria-label": `${signed(points)} since last time` },
    signed(points),
  );
}

function bar(score: number): HTMLElement {
  const fill = h("span", { class: "fill" });
  fill.style.transform = `scaleX(${percent(score) / 100})`;
  return h("span", { class: "bar", "aria-hidden": "true" }, fill);
}

function counted(count: number, one: string, many: string): string {
  return count === 1 ? `1 ${one}` : `${count} ${many}`;
}

/** One line for the eye and for the screen reader. */
export function summary(report: Report): string {
  if (isOtherText(report)) return "This did not sound like the text";
  const count = report.mispronunciations.length;
  const unheard = (report.words ?? []).filter(isOmitted).length;
  const added = addedSpeech(report).length;
  const pauses = noticedPauses(report).length;
  const parts = [
    verdict(report.utterance.total),
    count > 0 ? counted(count, "sound to work on", "sounds to work on") : "no sound to work on",
    unheard > 0 ? counted(unheard, "word not heard", "words not heard") : "",
    added > 0 ? counted(added, "stretch not in the text", "stretches not in the text") : "",
    pauses > 0 ? counted(pauses, "pause that is noticed", "pauses that are noticed") : "",
  ];
  return parts.filter(Boolean).join(", ");
}

export function scores(report: Report, comparison: Comparison | null): HTMLElement {
  return h(
    "div",
    { class: "scores" },
    h(
      "p",
      { class: "total" },
      h("span", { class: "number" }, String(percent(report.utterance.total))),
      h("span", { class: "of" }, "of 100"),
      change(comparison?.total),
    ),
    h(
      "dl",
      { class: "parts" },
      ...PARTS.map(([key, name, meaning]) =>
        h(
          "div",
          { title: `${name}: ${meaning}` },
          h("dt", {}, name),
          h("dd", {}, String(percent(report.utterance[key])), change(comparison?.parts[key])),
          bar(report.utterance[key]),
        ),
      ),
    ),
  );
}
