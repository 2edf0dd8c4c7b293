// The row under the text: one button that records and stops, the level, files, and what is going on.
import { clock } from "../score/timeline.ts";
import { MAX_RECORDING_MS } from "../audio/recorder.ts";
import { byId, icon } from "./dom.ts";
import { Meter } from "./meter.ts";

export type Phase = "idle" | "opening" | "recording" | "sending";

export interface RecorderPanelEvents {
  onRecord(): void; // start, or stop when it records
  onCancel(): void;
  onFile(file: File): void;
}

const LAST_SECONDS_MS = 10_000;

const RECORD_LABEL: Record<Phase, string> = {
  idle: "Record",
  opening: "Opening…",
  recording: "Done",
  sending: "Record",
};

export class RecorderPanel {
  private readonly panel = byId("recorder");
  private readonly record = byId<HTMLButtonElement>("record");
  private readonly cancel = byId<HTMLButtonElement>("cancel");
  private readonly choose = byId<HTMLButtonElement>("choose-file");
  private readonly file = byId<HTMLInputElement>("file");
  private readonly status = byId("status");
  private readonly time = byId("time");
  private readonly progress = byId<HTMLProgressElement>("progress");
  private readonly meter = new Meter();

  constructor(private readonly events: RecorderPanelEvents) {
    byId("meter").append(this.meter.element);
    this.record.addEventListener("click", () => events.onRecord());
    this.cancel.addEventListener("click", () => events.onCancel());
    this.choose.addEventListener("click", () => this.file.click());
    this.file.addEventListener("change", () => {
      const file = this.file.files?.[0];
      this.file.value = ""; // so that the same file can be chosen again
      if (file) events.onFile(file);
    });
    this.acceptDrops();
    this.setPhase("idle");
  }

  setPhase(phase: Phase): void {
    const had_focus = document.activeElement === this.cancel;
    this.panel.dataset["phase"] = phase;
    this.record.replaceChildren(icon(phase === "recording" ? "stop" : "record"), RECORD_LABEL[phase]);
    this.record.disabled = phase === "opening" || phase === "sending";
    this.cancel.hidden = phase !== "recording" && phase !== "sending";
    this.choose.hidden = phase !== "idle";
    this.progress.hidden = phase !== "sending";
    if (phase === "opening") this.meter.reset();
    if (phase !== "recording") this.time.textContent = "";
    if (had_focus && this.cancel.hidden) this.record.focus();
  }

  /** For the eye and, politely, for the screen reader. */
  say(text: string): void {
    if (this.status.textContent !== text) this.status.textContent = text;
  }

  level(level_rms: number, elapsed_ms: number): void {
    this.meter.add(level_rms);
    this.time.textContent = clock(elapsed_ms);
    const left_ms = MAX_RECORDING_MS - elapsed_ms;
    if (left_ms < LAST_SECONDS_MS) this.say("Less than ten seconds left.");
    else this.say(this.meter.advice(elapsed_ms) || "Recording. Read the text aloud, then press Done.");
  }

  sent(fraction: number): void {
    if (fraction < 1) {
      this.progress.value = fraction;
      this.say("Sending the recording…");
    } else {
      this.progress.removeAttribute("value"); // how long the server needs is not known
      this.say("Listening to every sound…");
    }
  }

  focusRecord(): void {
    this.record.focus();
  }

  private acceptDrops(): void {
    const card = byId("practice");
    const carriesFile = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    // The whole window, so that a file dropped beside the card does not replace the page.
    addEventListener("dragover", (event) => {
      if (!carriesFile(event)) return;
      event.preventDefault();
      card.classList.add("dropping");
    });
    addEventListener("dragleave", (event) => {
      if (event.relatedTarget === null) card.classList.remove("dropping");
    });
    addEventListener("drop", (event) => {
      if (!carriesFile(event)) return;
      event.preventDefault();
      card.classList.remove("dropping");
      const file = event.dataTransfer?.files[0];
      if (file) this.events.onFile(file);
    });
  }
}
