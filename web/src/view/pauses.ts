// The pauses that a listener notices: an entry each, with a button that plays it between its words.
import { noticedPauses, type Pause, type Report } from "../report.ts";
import { stretchEntry } from "./stretch.ts";

/** "0.7 s after “the”". */
export function pauseText(report: Report, pause: Pause): string {
  const seconds = ((pause.end_ms - pause.start_ms) / 1000).toFixed(1);
  return `${seconds} s after “${(report.words ?? [])[pause.after_word]?.word ?? ""}”`;
}

/** From the word before it to the word after it: the silence alone says nothing. */
export function aroundPause(report: Report, pause: Pause): { start_ms: number; end_ms: number } {
  const words = report.words ?? [];
  return {
    start_ms: words[pause.after_word]?.start_ms ?? pause.start_ms,
    end_ms: words[pause.before_word]?.end_ms ?? pause.end_ms,
  };
}

export function pauseList(
  report: Report,
  on_play: (stretch: { start_ms: number; end_ms: number }) => void,
): HTMLElement[] {
  return noticedPauses(report).map((pause) =>
    stretchEntry(pauseText(report, pause), "", () => on_play(aroundPause(report, pause))),
  );
}
