// A stretch of the recording as an entry of a list: a button that plays it.
import { h, icon } from "./dom.ts";

export function stretchEntry(text: string, detail: string, onPlay: () => void): HTMLElement {
  return h(
    "li",
    {},
    h(
      "button",
      {
        type: "button",
        class: "stretch",
        "aria-label": `Play ${text}${detail ? `: ${detail}` : ""}`,
        onclick: onPlay,
      },
      icon("play"),
      h("strong", {}, text),
      detail && h("span", { class: "sounds" }, detail),
    ),
  );
}
