// RIFF/WAVE, 16-bit PCM, mono: what the page records and uploads.

const HEADER_BYTES = 44;

/** Samples -1 to 1; louder ones are clipped, never wrapped. */
export function encodeWav(samples: Float32Array, sample_rate_hz: number): ArrayBuffer {
  const data_bytes = samples.length * 2;
  const out = new ArrayBuffer(HEADER_BYTES + data_bytes);
  const view = new DataView(out);
  const ascii = (at: number, text: string) => {
    for (let i = 0; i < text.length; ++i) view.setUint8(at + i, text.charCodeAt(i));
  };
  ascii(0, "RIFF");
  view.setUint32(4, HEADER_BYTES - 8 + data_bytes, true);
  ascii(8, "WAVEfmt ");
  view.setUint32(16, 16, true); // bytes of the fmt chunk
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, 1, true); // channels
  view.setUint32(24, sample_rate_hz, true);
  view.setUint32(28, sample_rate_hz * 2, true); // bytes a second
  view.setUint16(32, 2, true); // bytes a frame
  view.setUint16(34, 16, true); // bits a sample
  ascii(36, "data");
  view.setUint32(40, data_bytes, true);
  for (let i = 0; i < samples.length; ++i) {
    const clipped = Math.max(-1, Math.min(1, samples[i] ?? 0));
    view.setInt16(HEADER_BYTES + i * 2, Math.round(clipped * 32767), true);
  }
  return out;
}

export function concatenate(chunks: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
