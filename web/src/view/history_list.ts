// The attempts kept in this browser: open one again, delete one, delete all.
import { type Attempt, previousAttempt, whenText } from "../store/attempts.ts";
import { signed } from "../score/compare.ts";
import { levelOf, percent } from "../score/level.ts";
import { h, icon } from "./dom.ts";

export interface HistoryEvents {
  onOpen(attempt: Attempt): void;
  onRemove(attempt: Attempt): void;
  onClear(): void;
}

const SHOWN_AT_FIRST = 8;

function row(
  attempt: Attempt,
  all: readonly Attempt[],
  open_id: number | null,
  events: HistoryEvents,
): HTMLElement {
  const total = attempt.report.utterance.total;
  const before = previousAttempt(all, attempt);
  const points = before ? percent(total) - percent(before.report.utterance.total) : null;
  const direction = points === null ? undefined : points > 0 ? "up" : points < 0 ? "down" : "same";
  return h(
    "li",
    {},
    h(
      "button",
      {
        type: "button",
        class: "attempt",
        "aria-current": attempt.id === open_id ? "true" : undefined,
        onclick: () => events.onOpen(attempt),
      },
      h("span", { class: "attempt-total", "data-level": levelOf(total) }, String(percent(total))),
      h("span", { class: "attempt-text" }, attempt.text),
      h(
        "span",
        { class: "attempt-when" },
        whenText(attempt.id, new Date()),
        points === null ? null : h("span", { class: "change", "data-direction": direction }, signed(points)),
      ),
    ),
    h(
      "button",
      {
        type: "button",
        class: "remove",
        "aria-label": `Delete the attempt “${attempt.text.slice(0, 40)}”, ${whenText(attempt.id, new Date())}`,
        onclick: () => events.onRemove(attempt),
      },
      icon("remove"),
    ),
  );
}

/** Asks before it deletes: the first press arms the button, the second one deletes. */
function clearButton(count: number, events: HistoryEvents): HTMLElement {
  const button = h("button", { type: "button", class: "plain" }, "Delete all");
  let armed = false;
  const disarm = () => {
    armed = false;
    button.textContent = "Delete all";
  };
  button.addEventListener("click", () => {
    if (armed) return events.onClear();
    armed = true;
    button.textContent = count === 1 ? "Really delete it?" : `Really delete all ${count}?`;
  });
  button.addEventListener("blur", disarm);
  return button;
}

export class HistoryList {
  private expanded = false;

  constructor(
    private readonly root: HTMLElement,
    private readonly events: HistoryEvents,
  ) {}

  show(attempts: readonly Attempt[], open_id: number | null, lasting: boolean): void {
    if (attempts.length === 0) {
      this.root.replaceChildren(
        h("p", { class: "quiet" }, "Your attempts will appear here, so that you can hear how you improve."),
      );
      return;
    }
    const shown = this.expanded ? attempts : attempts.slice(0, SHOWN_AT_FIRST);
    const more = attempts.length - shown.length;
    const expand = () => {
      this.expanded = true;
      this.show(attempts, open_id, lasting);
    };
    this.root.replaceChildren(
      h("ol", { class: "attempts" }, ...shown.map((attempt) => row(attempt, attempts, open_id, this.events))),
      h(
        "div",
        { class: "history-foot" },
        more > 0
          ? h("button", { type: "button", class: "plain", onclick: expand }, `Show ${more} more`)
          : null,
        clearButton(attempts.length, this.events),
      ),
      h(
        "p",
        { class: "quiet small" },
        lasting
          ? "Kept in this browser only."
          : "This browser stores nothing for this page: the list ends when you leave it.",
      ),
    );
  }
}
