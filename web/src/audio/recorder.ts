// Microphone to a 16 kHz mono WAV. An AudioWorklet and not MediaRecorder, because
//   - it gives the same file in every browser (Safari's MediaRecorder writes m4a, which the server reads only where
//     ffmpeg is installed),
//   - no lossy codec comes between the voice and its score,
//   - the level meter sees the very samples that are judged.
// 16 kHz is what the engine works on: 32 kB a second, as small as it gets without a codec.
import { localProblem, ProblemError } from "../api/problem.ts";
import { rms } from "./peaks.ts";
import { concatenate, encodeWav } from "./wav.ts";

export const RECORDING_RATE_HZ = 16000;
export const MAX_RECORDING_MS = 60_000;

export interface RecorderEvents {
  /** About 40 times a second while it records. */
  onLevel(level_rms: number, elapsed_ms: number): void;
  /** The limit was reached; call stop(). */
  onLimit(): void;
}

export interface Recorder {
  stop(): Promise<Blob>;
  cancel(): void;
}

function microphoneProblem(error: unknown): ProblemError {
  const name = error instanceof DOMException ? error.name : "";
  const problem =
    name === "NotAllowedError" || name === "SecurityError"
      ? "microphone-denied"
      : name === "NotFoundError" || name === "OverconstrainedError"
        ? "microphone-missing"
        : "microphone-busy";
  return new ProblemError(localProblem(problem));
}

async function openMicrophone(): Promise<MediaStream> {
  if (!navigator.mediaDevices?.getUserMedia) throw new ProblemError(localProblem("microphone-insecure"));
  try {
    // The browser's clean-up is made for calls: it removes soft sounds, which are judged here, and its gain control
    // drives a normal voice into clipping. The meter says when the voice is too quiet.
    return await navigator.mediaDevices.getUserMedia({
      audio: { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false },
    });
  } catch (error) {
    throw microphoneProblem(error);
  }
}

/** decodeAudioData resamples with a proper low-pass; an AudioBufferSourceNode would fold the "s" down. */
export async function toSixteenKilohertz(
  samples: Float32Array,
  sample_rate_hz: number,
): Promise<Float32Array> {
  if (sample_rate_hz === RECORDING_RATE_HZ) return samples;
  const context = new OfflineAudioContext(1, 1, RECORDING_RATE_HZ);
  const decoded = await context.decodeAudioData(encodeWav(samples, sample_rate_hz));
  return decoded.getChannelData(0);
}

export async function startRecording(events: RecorderEvents): Promise<Recorder> {
  const stream = await openMicrophone();
  const context = new AudioContext();
  const close = () => {
    for (const track of stream.getTracks()) track.stop();
    if (context.state !== "closed") void context.close();
  };
  try {
    await context.audioWorklet.addModule(new URL("recorder_worklet.js", document.baseURI));
    await context.resume();
  } catch {
    close();
    throw new ProblemError(localProblem("microphone-busy"));
  }
  const chunks: Float32Array[] = [];
  let frames = 0;
  const node = new AudioWorkletNode(context, "recorder", { numberOfInputs: 1, numberOfOutputs: 0 });
  node.port.onmessage = (message: MessageEvent<Float32Array>) => {
    chunks.push(message.data);
    frames += message.data.length;
    const elapsed_ms = (frames / context.sampleRate) * 1000;
    events.onLevel(rms(message.data), elapsed_ms);
    if (elapsed_ms >= MAX_RECORDING_MS) {
      node.port.onmessage = null;
      events.onLimit();
    }
  };
  context.createMediaStreamSource(stream).connect(node);
  return {
    cancel: close,
    async stop() {
      node.port.onmessage = null;
      const { sampleRate } = context;
      close();
      const samples = concatenate(chunks);
      // A muted device gives zeros, or nothing at all.
      if (samples.every((sample) => sample === 0)) throw new ProblemError(localProblem("recording-empty"));
      const wav = encodeWav(await toSixteenKilohertz(samples, sampleRate), RECORDING_RATE_HZ);
      return new Blob([wav], { type: "audio/wav" });
    },
  };
}
