// The waveform with words and phones under it. An own canvas rather than wavesurfer.js: the page needs peaks, two rows
// of labels that follow the report, and stretches exact to the sample; the library brings its own player (a media
// element), its own style elements (which the page's Content-Security-Policy refuses) and no rows of phones.
//
// For the pointer every word and phone can be clicked. For the keyboard it is one slider (arrows move by a tenth of a
// second, Page Up/Down by a word, Enter plays from there); words and phones have their own buttons above it.
import { peaksOf } from "../audio/peaks.ts";
import { type PhoneNotation, phoneLabel } from "../phones.ts";
import { isOmitted, type Report, type WordReport } from "../report.ts";
import { phoneLevel, wordLevel } from "../score/level.ts";
import { clock, pxToTime, type Span, spanAt, timeToPx, trackWidth } from "../score/timeline.ts";
import { h } from "./dom.ts";

export interface TimelineEvents {
  onWord(word_index: number): void;
  onPhone(word_index: number, phone_index: number): void;
  onSeek(time_ms: number): void;
  /** The position was moved by a key: what plays would move it on. */
  onMove(): void;
}

const WAVE_HEIGHT_PX = 88;
const BAR_PX = 2;
// Canvases above some 16,000 device pixels stay empty in some browsers.
const MAX_CANVAS_PX = 12_000;
const STEP_MS = 100;

export class Timeline {
  readonly element: HTMLElement;
  private readonly canvas = h("canvas", { height: WAVE_HEIGHT_PX });
  private readonly track: HTMLElement;
  private readonly playhead = h("div", { class: "playhead" });
  private readonly selection = h("div", { class: "selection", hidden: true });
  private readonly labels: { element: HTMLElement; span: Span }[] = [];
  private readonly words: HTMLElement[] = [];
  // A word that was not heard takes no time: it has no label here, and no key stops at it.
  private readonly heard: readonly WordReport[];
  private selected = -1;
  private width_px = 0;
  private position_ms = 0;

  constructor(
    private readonly report: Report,
    private readonly samples: Float32Array | null,
    private readonly duration_ms: number,
    private notation: PhoneNotation,
    private readonly events: TimelineEvents,
  ) {
    this.heard = (report.words ?? []).filter((word) => !isOmitted(word));
    this.track = h("div", { class: "track" }, this.selection, this.canvas);
    this.addLabels();
    this.track.append(this.playhead);
    this.element = h(
      "div",
      {
        class: "timeline",
        tabindex: 0,
        role: "slider",
        "aria-label": "Position in the recording; Enter plays from here",
        "aria-valuemin": 0,
        "aria-valuemax": Math.round(duration_ms),
        onkeydown: (event) => this.onKey(event as KeyboardEvent),
      },
      this.track,
    );
    this.track.addEventListener("click", (event) => this.onClick(event));
    new ResizeObserver(() => this.layout()).observe(this.element);
    this.setPosition(0);
  }

  setNotation(notation: PhoneNotation): void {
    this.notation = notation;
    for (const element of this.track.querySelectorAll<HTMLElement>(".t-phone")) {
      const [word, phone] = this.indices(element);
      const report = this.report.words?.[word]?.phonemes?.[phone];
      if (report) element.textContent = phoneLabel(report.phone, notation, report.ipa);
    }
  }

  setPosition(position_ms: number): void {
    this.position_ms = Math.min(this.duration_ms, Math.max(0, position_ms));
    this.playhead.style.transform = `translateX(${this.px(this.position_ms)}px)`;
    this.element.setAttribute("aria-valuenow", String(Math.round(this.position_ms)));
    const word = this.heard[spanAt(this.heard, this.position_ms)]?.word;
    this.element.setAttribute("aria-valuetext", `${clock(this.position_ms)}${word ? `, ${word}` : ""}`);
  }

  select(word_index: number): void {
    this.selected = word_index;
    const word = this.report.words?.[word_index];
    for (const element of this.words) {
      element.classList.toggle("selected", this.indices(element)[0] === word_index);
    }
    this.selection.hidden = !word || isOmitted(word);
    if (!word || isOmitted(word)) return;
    this.place(this.selection, word);
    const left_px = this.px(word.start_ms);
    const right_px = this.px(word.end_ms);
    const window_px = this.element.clientWidth;
    if (left_px < this.element.scrollLeft || right_px > this.element.scrollLeft + window_px) {
      this.element.scrollLeft = (left_px + right_px - window_px) / 2;
    }
  }

  /** After a change of theme: the bars take the colour of the text. */
  redraw(): void {
    this.draw();
  }

  private px(time_ms: number): number {
    return timeToPx(time_ms, this.duration_ms, this.width_px);
  }

  private indices(element: HTMLElement): [number, number] {
    return [Number(element.dataset["word"]), Number(element.dataset["phone"] ?? -1)];
  }

  private addLabels(): void {
    this.report.words?.forEach((word, index) => {
      if (isOmitted(word)) return;
      const label = h(
        "div",
        { class: "t-word", "data-level": wordLevel(word), "data-word": index },
        word.word,
      );
      this.words.push(label);
      this.labels.push({ element: label, span: word });
      this.track.append(label);
      word.phonemes?.forEach((phone, at) => {
        // A phone that was left out has no stretch of its own to show.
        if (phone.error === "deletion") return;
        const element = h(
          "div",
          { class: "t-phone", "data-level": phoneLevel(phone), "data-word": index, "data-phone": at },
          phoneLabel(phone.phone, this.notation, phone.ipa),
        );
        this.labels.push({ element, span: phone });
        this.track.append(element);
      });
    });
  }

  private place(element: HTMLElement, span: Span): void {
    const left_px = this.px(span.start_ms);
    element.style.left = `${left_px}px`;
    element.style.width = `${Math.max(1, this.px(span.end_ms) - left_px)}px`;
  }

  private layout(): void {
    const width_px = trackWidth(this.duration_ms, this.element.clientWidth);
    if (width_px === this.width_px) return;
    this.width_px = width_px;
    this.track.style.width = `${width_px}px`;
    for (const { element, span } of this.labels) this.place(element, span);
    this.select(this.selected);
    this.setPosition(this.position_ms);
    this.draw();
  }

  private draw(): void {
    if (this.width_px === 0) return;
    const ratio = Math.min(devicePixelRatio || 1, MAX_CANVAS_PX / this.width_px);
    this.canvas.width = Math.round(this.width_px * ratio);
    this.canvas.height = Math.round(WAVE_HEIGHT_PX * ratio);
    this.canvas.style.width = `${this.width_px}px`;
    const context = this.canvas.getContext("2d");
    if (!context || !this.samples) return;
    const bars = Math.floor(this.width_px / (BAR_PX * 2));
    const { low, high } = peaksOf(this.samples, bars);
    // Quiet recordings are drawn as tall as loud ones: the shape is what helps.
    let peak = 0.05;
    for (let i = 0; i < bars; ++i) peak = Math.max(peak, high[i] ?? 0, -(low[i] ?? 0));
    context.scale(ratio, ratio);
    context.fillStyle = getComputedStyle(this.canvas).color;
    const middle_px = WAVE_HEIGHT_PX / 2;
    for (let i = 0; i < bars; ++i) {
      const up_px = ((high[i] ?? 0) / peak) * (middle_px - 4);
      const down_px = (-(low[i] ?? 0) / peak) * (middle_px - 4);
      const x_px = ((i + 0.25) * this.width_px) / bars;
      context.fillRect(x_px, middle_px - Math.max(0.5, up_px), BAR_PX, Math.max(1, up_px + down_px));
    }
  }

  private onClick(event: MouseEvent): void {
    const label = (event.target as HTMLElement).closest<HTMLElement>("[data-word]");
    if (label) {
      const [word, phone] = this.indices(label);
      if (phone >= 0) this.events.onPhone(word, phone);
      else this.events.onWord(word);
      return;
    }
    const x_px = event.clientX - this.track.getBoundingClientRect().left;
    this.events.onSeek(pxToTime(x_px, this.duration_ms, this.width_px));
  }

  /** The start of the word after (+1) or before (-1) this position. */
  private wordStart(direction: 1 | -1): number {
    const starts = this.heard.map((word) => word.start_ms);
    if (direction > 0) return starts.find((start) => start > this.position_ms) ?? this.duration_ms;
    return starts.reverse().find((start) => start < this.position_ms) ?? 0;
  }

  private onKey(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const to: Record<string, () => number> = {
      ArrowRight: () => this.position_ms + STEP_MS,
      ArrowLeft: () => this.position_ms - STEP_MS,
      ArrowUp: () => this.position_ms + STEP_MS,
      ArrowDown: () => this.position_ms - STEP_MS,
      PageUp: () => this.wordStart(1),
      PageDown: () => this.wordStart(-1),
      Home: () => 0,
      End: () => this.duration_ms,
    };
    const target = to[event.key];
    if (target) {
      event.preventDefault();
      this.events.onMove();
      this.setPosition(target());
      this.keepVisible();
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.events.onSeek(this.position_ms);
    }
  }

  /** Called while it plays too, so that a long recording scrolls along. */
  keepVisible(): void {
    const x_px = this.px(this.position_ms);
    const { scrollLeft, clientWidth } = this.element;
    if (x_px < scrollLeft || x_px > scrollLeft + clientWidth - 24)
      this.element.scrollLeft = x_px - clientWidth / 4;
  }
}
