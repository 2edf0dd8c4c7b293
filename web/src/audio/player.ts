// Plays stretches of one recording, exact to the sample (a media element seeks only to some tenths of a second).
import type { Stretch } from "./stretch.ts";

// So that a stretch cut out of the middle of a wave does not click.
const FADE_S = 0.008;

export interface PlayerEvents {
  /** Every animation frame while it plays. */
  onPosition(position_ms: number): void;
  onStop(): void;
}

let shared: AudioContext | null = null;

/** null where the browser cannot decode this format: the report is shown all the same, only not heard. */
export async function decode(audio: Blob): Promise<AudioBuffer | null> {
  try {
    const context = new OfflineAudioContext(1, 1, 44100);
    return await context.decodeAudioData(await audio.arrayBuffer());
  } catch {
    return null;
  }
}

let stopOther: (() => void) | null = null;

export class Player {
  private source: AudioBufferSourceNode | null = null;

  constructor(
    readonly buffer: AudioBuffer,
    private readonly events: PlayerEvents,
  ) {}

  get duration_ms(): number {
    return this.buffer.duration * 1000;
  }

  get playing(): boolean {
    return this.source !== null;
  }

  async play(stretch: Stretch): Promise<void> {
    // One voice at a time, also between two attempts.
    stopOther?.();
    shared ??= new AudioContext();
    const context = shared;
    if (context.state !== "running") await context.resume();
    const length_s = (stretch.end_ms - stretch.start_ms) / 1000;
    if (length_s <= 0) return;
    const source = context.createBufferSource();
    source.buffer = this.buffer;
    const gain = context.createGain();
    const begin_s = context.currentTime + 0.01;
    gain.gain.setValueAtTime(0, begin_s);
    gain.gain.linearRampToValueAtTime(1, begin_s + FADE_S);
    gain.gain.setValueAtTime(1, begin_s + Math.max(FADE_S, length_s - FADE_S));
    gain.gain.linearRampToValueAtTime(0, begin_s + length_s);
    source.connect(gain).connect(context.destination);
    this.source = source;
    stopOther = () => this.stop();
    source.onended = () => {
      if (this.source === source) this.stop();
    };
    source.start(begin_s, stretch.start_ms / 1000, length_s);
    const frame = () => {
      if (this.source !== source) return;
      const elapsed_s = Math.min(length_s, Math.max(0, context.currentTime - begin_s));
      this.events.onPosition(stretch.start_ms + elapsed_s * 1000);
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  stop(): void {
    const source = this.source;
    if (!source) return;
    this.source = null;
    stopOther = null;
    source.onended = null;
    source.stop();
    this.events.onStop();
  }
}
