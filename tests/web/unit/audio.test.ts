import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { meterFraction, peaksOf, rms } from "../../../web/src/audio/peaks.ts";
import { concatenate, encodeWav } from "../../../web/src/audio/wav.ts";

test("sox reads the WAV as what it is", () => {
  const samples = Float32Array.from({ length: 1600 }, (_, i) => Math.sin(i / 10) / 2);
  const folder = mkdtempSync(join(tmpdir(), "higgins-wav-"));
  try {
    const file = join(folder, "a.wav");
    writeFileSync(file, new Uint8Array(encodeWav(samples, 16000)));
    const asked = (what: string) => execFileSync("soxi", [what, file], { encoding: "utf8" }).trim();
    assert.deepEqual(["-r", "-c", "-b", "-s", "-e"].map(asked), [
      "16000",
      "1",
      "16",
      "1600",
      "Signed Integer PCM",
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("samples keep their sign and are clipped, not wrapped", () => {
  const view = new DataView(encodeWav(Float32Array.of(0, 0.5, -0.5, 1, -1, 1.7, -3), 16000));
  const values = [0, 1, 2, 3, 4, 5, 6].map((i) => view.getInt16(44 + 2 * i, true));
  assert.deepEqual(values, [0, 16384, -16383, 32767, -32767, 32767, -32767]);
});

test("chunks are joined in order", () => {
  assert.deepEqual(
    [...concatenate([Float32Array.of(1, 2), Float32Array.of(), Float32Array.of(3)])],
    [1, 2, 3],
  );
});

test("peaks keep every extreme, however few the buckets", () => {
  const samples = new Float32Array(1000);
  samples[317] = 0.75;
  samples[901] = -0.5;
  const { low, high } = peaksOf(samples, 7);
  assert.equal(Math.max(...high), 0.75);
  assert.equal(Math.min(...low), -0.5);
  assert.equal(
    high.findIndex((value) => value > 0),
    Math.floor((317 * 7) / 1000),
  );
});

test("more buckets than samples draw nothing wrong", () => {
  const { high } = peaksOf(Float32Array.of(0.5), 3);
  assert.deepEqual([...high].sort(), [0, 0, 0.5]);
});

test("the meter is even in decibel", () => {
  assert.equal(meterFraction(0), 0);
  assert.equal(meterFraction(1), 1);
  assert.equal(meterFraction(0.0001), 0); // -80 dBFS
  assert.ok(Math.abs(meterFraction(10 ** (-30 / 20)) - 0.5) < 1e-9);
  assert.ok(Math.abs(rms(Float32Array.of(3, -3, 3, -3)) - 3) < 1e-6);
  assert.equal(rms(new Float32Array()), 0);
});
