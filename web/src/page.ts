// The page: one practice at a time. Start reading at Practice.record().
import { assess } from "./api/assess.ts";
import { localProblem, ProblemError, type Remedy } from "./api/problem.ts";
import { type Recorder, startRecording } from "./audio/recorder.ts";
import { percent } from "./score/level.ts";
import { type Attempt, previousAttempt } from "./store/attempts.ts";
import { History } from "./store/history.ts";
import { loadSettings, saveSettings } from "./store/settings.ts";
import { byId, reducedMotion } from "./view/dom.ts";
import { HistoryList } from "./view/history_list.ts";
import { ProblemBox } from "./view/problem_box.ts";
import { Prompt } from "./view/prompt.ts";
import { RecorderPanel } from "./view/recorder_panel.ts";
import { ResultView } from "./view/result.ts";
import { summary } from "./view/scores.ts";
import { SettingsDialog } from "./view/settings_dialog.ts";

const INVITATION = "Press Record and read the text aloud. A recording can also be dropped here.";

class Practice {
  private readonly settings = loadSettings();
  private readonly prompt = new Prompt(() => this.problem.hide());
  private readonly dialog = new SettingsDialog(this.settings);
  private readonly problem = new ProblemBox((remedy) => this.onRemedy(remedy));
  private readonly panel = new RecorderPanel({
    onRecord: () => void this.record(),
    onCancel: () => this.cancel(),
    onFile: (file) => void this.send(file),
  });
  private readonly result = new ResultView(this.settings.notation, {
    onRetry: (attempt) => this.retry(attempt),
    onNotation: (notation) => {
      this.settings.notation = notation;
      saveSettings(this.settings);
      this.result.setNotation(notation);
    },
  });
  private readonly list = new HistoryList(byId("history-body"), {
    onOpen: (attempt) => void this.open(attempt),
    onRemove: (attempt) => void this.remove(attempt),
    onClear: () => void this.clear(),
  });
  private recorder: Recorder | null = null;
  private upload: AbortController | null = null;
  private unsent: Blob | null = null; // kept after an error, so that nobody reads twice for nothing
  private busy = false;

  constructor(private readonly history: History) {
    this.result.listen();
    this.panel.say(INVITATION);
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && (this.recorder || this.upload)) this.cancel();
    });
    this.showHistory();
  }

  /** Starts; called again, stops and sends. */
  private async record(): Promise<void> {
    if (this.recorder) return this.finish();
    if (this.busy || !this.textIsThere()) return;
    this.busy = true;
    this.problem.hide();
    this.panel.setPhase("opening");
    this.panel.say("Waiting for the microphone…");
    try {
      this.recorder = await startRecording({
        onLevel: (level, elapsed_ms) => this.panel.level(level, elapsed_ms),
        onLimit: () => void this.finish(),
      });
      this.panel.setPhase("recording");
      this.panel.focusRecord();
    } catch (error) {
      this.fail(error);
    } finally {
      this.busy = false;
    }
  }

  private async finish(): Promise<void> {
    const recorder = this.recorder;
    if (!recorder) return;
    this.recorder = null;
    try {
      await this.send(await recorder.stop());
    } catch (error) {
      this.fail(error);
    }
  }

  private async send(audio: Blob): Promise<void> {
    if (this.busy || this.recorder || !this.textIsThere()) return;
    this.busy = true;
    this.problem.hide();
    this.unsent = audio;
    const text = this.prompt.text;
    this.upload = new AbortController();
    this.panel.setPhase("sending");
    this.panel.sent(0);
    try {
      const request = { audio, text, strictness: this.settings.strictness };
      const { signal } = this.upload;
      const report = await assess(
        request,
        this.dialog.api_key,
        (fraction) => this.panel.sent(fraction),
        signal,
      );
      this.unsent = null;
      const attempt: Attempt = { id: Date.now(), text, report, audio };
      await this.history.add(attempt);
      await this.open(attempt);
      this.panel.setPhase("idle");
      this.panel.say(`${percent(report.utterance.total)} of 100. ${summary(report)}.`);
      this.goTo("result", "result-heading");
    } catch (error) {
      this.fail(error);
    } finally {
      this.upload = null;
      this.busy = false;
    }
  }

  private cancel(): void {
    this.upload?.abort();
    this.recorder?.cancel();
    this.recorder = null;
    this.panel.setPhase("idle");
    this.panel.say(INVITATION);
  }

  private fail(error: unknown): void {
    this.panel.setPhase("idle");
    this.panel.say(INVITATION);
    if (error instanceof DOMException && error.name === "AbortError") return;
    const problem = error instanceof ProblemError ? error.problem : localProblem("internal", String(error));
    this.problem.show(problem);
  }

  private textIsThere(): boolean {
    if (this.prompt.text) return true;
    this.problem.show(localProblem("no-text"));
    return false;
  }

  private onRemedy(remedy: Remedy): void {
    if (remedy === "key") return this.dialog.openAtKey();
    if (remedy === "text") return this.prompt.focus();
    if (remedy === "resend" && this.unsent) return void this.send(this.unsent);
    void this.record();
  }

  private retry(attempt: Attempt): void {
    this.prompt.set(attempt.text);
    this.goTo("practice", "record");
    void this.record();
  }

  private async open(attempt: Attempt): Promise<void> {
    if (!this.recorder) this.prompt.set(attempt.text);
    await this.result.show(attempt, previousAttempt(this.history.all(), attempt));
    this.showHistory();
    if (!this.busy) this.goTo("result", "result-heading");
  }

  private async remove(attempt: Attempt): Promise<void> {
    await this.history.remove(attempt.id);
    const shown = this.result.attempt;
    if (shown?.id === attempt.id) this.result.hide();
    else if (shown) await this.result.show(shown, previousAttempt(this.history.all(), shown));
    this.showHistory();
    byId("history-heading").focus(); // the pressed button is gone
  }

  private async clear(): Promise<void> {
    await this.history.clear();
    this.result.hide();
    this.showHistory();
    byId("history-heading").focus();
  }

  private showHistory(): void {
    this.list.show(this.history.all(), this.result.attempt?.id ?? null, this.history.lasting);
  }

  private goTo(section_id: string, focus_id: string): void {
    byId(focus_id).focus({ preventScroll: true });
    byId(section_id).scrollIntoView({ behavior: reducedMotion() ? "auto" : "smooth", block: "start" });
  }
}

void History.load().then((history) => new Practice(history));
