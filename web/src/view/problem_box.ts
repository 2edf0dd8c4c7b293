// An error in plain words, with a button for what to do about it.
import { explain, type Problem, type Remedy } from "../api/problem.ts";
import { byId, h } from "./dom.ts";

const REMEDY_LABELS: Record<Remedy, string> = {
  record: "Record again",
  resend: "Send again",
  key: "Enter a key",
  text: "Change the text",
  none: "",
};

export class ProblemBox {
  private readonly box = byId("problem");
  private timer = 0;

  constructor(private readonly on_remedy: (remedy: Remedy) => void) {}

  hide(): void {
    clearInterval(this.timer);
    this.box.hidden = true;
    this.box.replaceChildren();
  }

  show(problem: Problem): void {
    clearInterval(this.timer);
    const { heading, advice, remedy } = explain(problem);
    const label = REMEDY_LABELS[remedy];
    const button = label
      ? h("button", { type: "button", class: "secondary", onclick: () => this.on_remedy(remedy) }, label)
      : null;
    const said = problem.detail || problem.title;
    this.box.replaceChildren(
      h("h2", {}, heading),
      h("p", {}, advice),
      ...(said ? [h("p", { class: "said" }, `The server said: ${said}`)] : []),
      ...(button ? [button] : []),
    );
    this.box.hidden = false;
    if (button && remedy === "resend" && problem.retry_after_s)
      this.countDown(button, label, problem.retry_after_s);
  }

  /** The server asked to wait: the button says how long, and works afterwards. */
  private countDown(button: HTMLButtonElement, label: string, seconds: number): void {
    let left = seconds;
    const tick = () => {
      button.disabled = left > 0;
      button.textContent = left > 0 ? `${label} in ${left} s` : label;
      if (left-- <= 0) clearInterval(this.timer);
    };
    tick();
    this.timer = window.setInterval(tick, 1000);
  }
}
