// The level while it records: the last seconds as bars, the newest at the right; one still bar where motion is unwanted.
import { meterFraction } from "../audio/peaks.ts";
import { h, reducedMotion } from "./dom.ts";

const BARS = 64;
const BLOCKS_A_BAR = 3; // 75 ms, so that the bars are the last five seconds
const TOO_QUIET = 0.3; // of the meter, about -42 dBFS
const TOO_LOUD = 0.97;
const JUDGED_AFTER_MS = 2000;

export class Meter {
  readonly element: HTMLElement;
  private readonly bars: HTMLElement[];
  private readonly levels: number[] = [];
  private block = 0;
  private loudest = 0;
  private readonly still = reducedMotion();

  constructor() {
    this.bars = Array.from({ length: this.still ? 1 : BARS }, () => h("span"));
    this.element = h(
      "div",
      { class: this.still ? "meter still" : "meter", role: "img", "aria-label": "Level of the microphone" },
      ...this.bars,
    );
  }

  reset(): void {
    this.levels.length = 0;
    this.block = 0;
    this.loudest = 0;
    for (const bar of this.bars) bar.style.transform = "";
  }

  add(level_rms: number): void {
    const fraction = meterFraction(level_rms);
    this.loudest = Math.max(this.loudest, fraction);
    if (this.still) {
      const bar = this.bars[0];
      if (bar) bar.style.transform = `scaleX(${fraction.toFixed(2)})`;
      return;
    }
    if (this.block++ % BLOCKS_A_BAR === 0) this.levels.push(fraction);
    else this.levels.push(Math.max(fraction, this.levels.pop() ?? 0));
    if (this.levels.length > BARS) this.levels.shift();
    const offset = BARS - this.levels.length;
    this.levels.forEach((level, index) => {
      const bar = this.bars[offset + index];
      if (bar) bar.style.transform = `scaleY(${Math.max(0.04, level).toFixed(3)})`;
    });
  }

  /** A word of advice, or "". */
  advice(elapsed_ms: number): string {
    if (this.loudest > TOO_LOUD) return "Very loud: move back a little.";
    if (elapsed_ms > JUDGED_AFTER_MS && this.loudest < TOO_QUIET) return "Very quiet: come closer.";
    return "";
  }
}
