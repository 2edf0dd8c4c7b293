// What the waveform and the level meter draw.

export interface Peaks {
  low: Float32Array;
  high: Float32Array;
}

/** The lowest and highest sample of each of `buckets` equal parts. */
export function peaksOf(samples: Float32Array, buckets: number): Peaks {
  const low = new Float32Array(buckets);
  const high = new Float32Array(buckets);
  for (let bucket = 0; bucket < buckets; ++bucket) {
    const from = Math.floor((bucket * samples.length) / buckets);
    const to = Math.floor(((bucket + 1) * samples.length) / buckets);
    for (let i = from; i < to; ++i) {
      const sample = samples[i] ?? 0;
      if (sample < (low[bucket] ?? 0)) low[bucket] = sample;
      if (sample > (high[bucket] ?? 0)) high[bucket] = sample;
    }
  }
  return { low, high };
}

export function rms(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return samples.length === 0 ? 0 : Math.sqrt(sum / samples.length);
}

const METER_FLOOR_DBFS = -60;

/** 0 at -60 dBFS and below, 1 at full scale; even steps in decibel, as ears hear. */
export function meterFraction(level_rms: number): number {
  if (level_rms <= 0) return 0;
  const dbfs = 20 * Math.log10(level_rms);
  return Math.min(1, Math.max(0, 1 - dbfs / METER_FLOOR_DBFS));
}
