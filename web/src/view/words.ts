// The text as it was written, each word a button coloured by how it came out.
import { isOmitted, type Report } from "../report.ts";
import { LEVEL_NAMES, percent, wordLevel } from "../score/level.ts";
import { tokensOf } from "../text.ts";
import { h, icon } from "./dom.ts";
import { roving } from "./roving.ts";

export type OnWord = (index: number) => void;

/** `label` is what a screen reader calls the row. */
export function wordsLine(report: Report, label: string, on_word: OnWord): HTMLElement {
  const line = h("p", { class: "words", role: "group", "aria-label": label });
  const { tokens, rest } = tokensOf(report);
  for (const token of tokens) {
    line.append(token.before);
    token.words.forEach((index, part) => {
      const word = report.words?.[index];
      if (!word) return;
      const level = wordLevel(word);
      const unheard = isOmitted(word) ? ", not heard" : ""; // Enter plays nothing then
      if (part > 0) line.append(" ");
      // "1995" is shown as the words that were expected.
      const shown = token.words.length > 1 ? word.word : token.written;
      line.append(
        h(
          "button",
          {
            type: "button",
            class: "word",
            "data-level": level,
            "data-word": index,
            "aria-label": `${shown}: ${LEVEL_NAMES[level]}, ${percent(word.total)} of 100${unheard}`,
            onclick: () => on_word(index),
          },
          h("span", { class: "written" }, shown),
          level === "clear" ? null : icon(level),
        ),
      );
    });
  }
  line.append(rest);
  roving(line, ".word");
  return line;
}

/** What the marks mean; levels that do not occur are left out of nothing: the reader learns all three at once. */
export function legend(): HTMLElement {
  return h(
    "ul",
    { class: "legend", "aria-label": "Marks" },
    ...(["clear", "almost", "off"] as const).map((level) =>
      h("li", { "data-level": level }, icon(level), h("span", {}, LEVEL_NAMES[level])),
    ),
  );
}
