// Everything about one attempt: scores, words, waveform, the word in focus, all errors, and the attempt before.
import { decode, Player } from "../audio/player.ts";
import { audibleStretch, type Stretch } from "../audio/stretch.ts";
import type { PhoneNotation } from "../phones.ts";
import { isOmitted, type WordReport } from "../report.ts";
import { compare } from "../score/compare.ts";
import { type Level, wordLevel } from "../score/level.ts";
import type { Attempt } from "../store/attempts.ts";
import { addedList } from "./added.ts";
import { pauseList } from "./pauses.ts";
import { comparisonView } from "./comparison.ts";
import { byId, h, icon } from "./dom.ts";
import { setCurrent } from "./roving.ts";
import { scores, summary } from "./scores.ts";
import { Timeline } from "./timeline.ts";
import { changeText, wordDetail } from "./word_detail.ts";
import { legend, wordsLine } from "./words.ts";

export interface ResultEvents {
  onRetry(attempt: Attempt): void;
  onNotation(notation: PhoneNotation): void;
}

/** A recording with its player; `player` is null where the browser cannot decode the format. */
interface Heard {
  attempt: Attempt;
  player: Player | null;
}

const NOTHING: Stretch = { start_ms: 0, end_ms: 0 };

function stretchOf(heard: Heard, part: Stretch): Stretch {
  const duration_ms = heard.player?.duration_ms ?? heard.attempt.report.quality.duration_ms;
  return audibleStretch(part.start_ms, part.end_ms, duration_ms);
}

/** A list that is shown only where it has entries. */
function fill(section: string, list: string, entries: HTMLElement[]): void {
  byId(section).hidden = entries.length === 0;
  byId(list).replaceChildren(...entries);
}

function download(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob);
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

export class ResultView {
  private readonly root = byId("result");
  private readonly comparison = byId("comparison");
  private current: Heard | null = null;
  private before: Heard | null = null;
  private timeline: Timeline | null = null;
  private words: HTMLElement | null = null;
  private selected = -1;
  private request = 0;

  constructor(
    private notation: PhoneNotation,
    private readonly events: ResultEvents,
  ) {
    new MutationObserver(() => this.timeline?.redraw()).observe(document.documentElement, {
      attributeFilter: ["data-theme"],
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.timeline?.redraw());
  }

  get attempt(): Attempt | null {
    return this.current?.attempt ?? null;
  }

  hide(): void {
    this.current?.player?.stop();
    this.current = null;
    this.root.hidden = true;
    this.comparison.hidden = true;
    byId("intro").hidden = false;
  }

  /** Resolves when everything is drawn. */
  async show(attempt: Attempt, before: Attempt | null): Promise<void> {
    const request = ++this.request;
    const [audio, audio_before] = await Promise.all([
      decode(attempt.audio),
      before ? decode(before.audio) : null,
    ]);
    if (request !== this.request) return; // another attempt was opened meanwhile
    this.current?.player?.stop();
    this.current = this.heard(attempt, audio);
    this.before = before ? this.heard(before, audio_before) : null;
    this.draw(this.current);
    this.drawComparison();
    this.root.hidden = false;
    byId("intro").hidden = true;
  }

  setNotation(notation: PhoneNotation): void {
    this.notation = notation;
    if (!this.current) return;
    this.timeline?.setNotation(notation);
    this.drawAdded(this.current);
    this.drawWord();
    this.drawErrors(this.current.attempt);
    this.drawComparison();
  }

  private heard(attempt: Attempt, buffer: AudioBuffer | null): Heard {
    if (!buffer) return { attempt, player: null };
    const player = new Player(buffer, {
      onPosition: (position_ms) => {
        if (this.current?.player !== player) return;
        this.timeline?.setPosition(position_ms);
        this.timeline?.keepVisible();
      },
      onStop: () => this.drawPlayButton(),
    });
    return { attempt, player };
  }

  private draw(heard: Heard): void {
    const { attempt, player } = heard;
    const comparison = this.before ? compare(this.before.attempt.report, attempt.report) : null;
    byId("result-summary").textContent = summary(attempt.report);
    byId("result-scores").replaceChildren(scores(attempt.report, comparison));
    byId("result-warnings").replaceChildren(
      ...attempt.report.warnings.map((warning) =>
        h("li", {}, icon("note"), h("span", {}, sentence(warning.message))),
      ),
      ...(player
        ? []
        : [h("li", {}, icon("note"), h("span", {}, "This browser cannot play this kind of file."))]),
    );
    this.words = wordsLine(attempt.report, "Your words: arrow keys move, Enter plays", (index) =>
      this.onWord(index),
    );
    byId("result-words").replaceChildren(this.words, legend());
    this.drawAdded(heard);
    this.drawPauses(heard);
    const samples = player ? player.buffer.getChannelData(0) : null;
    this.timeline = new Timeline(
      attempt.report,
      samples,
      player?.duration_ms ?? attempt.report.quality.duration_ms,
      this.notation,
      {
        onWord: (index) => this.onWord(index),
        onPhone: (word, phone) => this.onPhone(word, phone),
        onMove: () => heard.player?.stop(),
        onSeek: (time_ms) => this.play(heard, { start_ms: time_ms, end_ms: this.duration(heard) }),
      },
    );
    byId("result-timeline").replaceChildren(this.timeline.element);
    this.drawPlayButton();
    this.drawErrors(attempt);
    this.select(this.weakestWord(attempt));
  }

  /** The one worth looking at first: the first flagged one, else the lowest score. */
  private weakestWord(attempt: Attempt): number {
    const first = attempt.report.mispronunciations[0];
    if (first) return first.word_index;
    const words = attempt.report.words ?? [];
    let weakest = 0;
    words.forEach((word, index) => {
      if (word.total < (words[weakest]?.total ?? 1)) weakest = index;
    });
    return weakest;
  }

  private select(index: number): void {
    this.selected = index;
    if (this.words) {
      setCurrent(this.words, ".word", index);
      this.words.querySelectorAll<HTMLElement>(".word").forEach((word) => {
        word.classList.toggle("selected", Number(word.dataset["word"]) === index);
      });
    }
    this.timeline?.select(index);
    this.drawWord();
  }

  private drawWord(): void {
    const report = this.current?.attempt.report;
    if (!report) return;
    byId("word-detail").replaceChildren(
      ...wordDetail(report, this.selected, this.notation, {
        onPlayWord: (index) => this.onWord(index),
        onPlayPhone: (word, phone) => this.onPhone(word, phone),
      }),
    );
  }

  private drawAdded(heard: Heard): void {
    const entries = addedList(heard.attempt.report, this.notation, (part) => this.playPart(heard, part));
    fill("added", "added-list", entries);
  }

  private drawPauses(heard: Heard): void {
    const entries = pauseList(heard.attempt.report, (part) => this.playPart(heard, part));
    fill("pauses", "pause-list", entries);
  }

  private drawErrors(attempt: Attempt): void {
    const errors = attempt.report.mispronunciations;
    // With one wrong word, its detail already says it all.
    const others = new Set(errors.map((error) => error.word_index)).size > 1 ? errors : [];
    fill(
      "errors",
      "error-list",
      others.map((error) => {
        const word = attempt.report.words?.[error.word_index];
        return h(
          "li",
          {},
          h(
            "button",
            {
              type: "button",
              class: "error-word",
              "data-level": word ? wordLevel(word) : "off",
              "aria-label": `Play ${error.word}: ${changeText(error, this.notation)}`,
              onclick: () => this.onWord(error.word_index),
            },
            icon("play"),
            h("strong", {}, error.word),
            h("span", {}, changeText(error, this.notation)),
          ),
          h("p", {}, error.suggestion),
        );
      }),
    );
  }

  private drawComparison(): void {
    const { current, before } = this;
    this.comparison.hidden = !before;
    if (!current || !before) return;
    const side = (title: string, heard: Heard) => ({
      title,
      report: heard.attempt.report,
      onPlay: () => this.play(heard, { start_ms: 0, end_ms: this.duration(heard) }),
      onWord: (index: number) => {
        const word = heard.attempt.report.words?.[index];
        if (word) this.playWord(heard, word);
      },
    });
    byId("comparison-body").replaceChildren(
      ...comparisonView(
        compare(before.attempt.report, current.attempt.report),
        side("Last time", before),
        side("This time", current),
        this.notation,
      ),
    );
  }

  private drawPlayButton(): void {
    const heard = this.current;
    if (!heard) return;
    const playing = heard.player?.playing ?? false;
    byId<HTMLButtonElement>("play-all").disabled = !heard.player;
    byId("play-all").replaceChildren(icon(playing ? "stop" : "play"), playing ? "Stop" : "Play all");
  }

  private duration(heard: Heard): number {
    return heard.player?.duration_ms ?? 0;
  }

  private play(heard: Heard, stretch: Stretch): void {
    void heard.player?.play(stretch).then(() => this.drawPlayButton());
  }

  private playPart(heard: Heard, part: Stretch): void {
    this.play(heard, stretchOf(heard, part));
  }

  /** For a word that was not heard, what plays ends as it would for any other, and nothing follows. */
  private playWord(heard: Heard, word: WordReport): void {
    this.play(heard, isOmitted(word) ? NOTHING : stretchOf(heard, word));
  }

  private onWord(index: number): void {
    const heard = this.current;
    const word = heard?.attempt.report.words?.[index];
    if (!heard || !word) return;
    if (index !== this.selected) this.select(index);
    this.playWord(heard, word);
  }

  private onPhone(word_index: number, phone_index: number): void {
    const heard = this.current;
    const phone = heard?.attempt.report.words?.[word_index]?.phonemes?.[phone_index];
    if (!heard || !phone) return;
    if (word_index !== this.selected) this.select(word_index);
    this.playPart(heard, phone);
  }

  /** The buttons of index.html, once. */
  listen(): void {
    byId("play-all").addEventListener("click", () => {
      const heard = this.current;
      if (!heard?.player) return;
      if (heard.player.playing) heard.player.stop();
      else this.play(heard, { start_ms: 0, end_ms: this.duration(heard) });
    });
    byId("retry").prepend(icon("retry"));
    for (const sample of document.querySelectorAll<HTMLElement>(".sample")) {
      sample.prepend(icon(sample.dataset["level"] as Level));
    }
    byId("retry").addEventListener("click", () => {
      if (this.current) this.events.onRetry(this.current.attempt);
    });
    byId("save-audio").addEventListener("click", () => {
      const audio = this.current?.attempt.audio;
      if (audio) download(audio, audio.type === "audio/wav" ? "higgins.wav" : "higgins-recording");
    });
    byId("save-report").addEventListener("click", () => {
      const report = this.current?.attempt.report;
      if (report)
        download(new Blob([JSON.stringify(report, null, 1)], { type: "application/json" }), "higgins.json");
    });
    for (const button of document.querySelectorAll<HTMLInputElement>("input[name=notation]")) {
      button.checked = button.value === this.notation;
      button.addEventListener("change", () => {
        if (button.checked) this.events.onNotation(button.value === "arpabet" ? "arpabet" : "ipa");
      });
    }
  }
}

/** The engine's messages start small, as parts of a line; here they stand alone. */
function sentence(message: string): string {
  const text = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
