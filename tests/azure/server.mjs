// The real binary on loopback, with one key, and recordings as WAV.
import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { addressOf } from "../support/serving.mjs";

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
export const PROGRAM = process.env.HIGGINS_PROGRAM ?? join(ROOT, "build/release/higgins");
export const KEY = "azure-test-key-0123456789abcdef01";

/// Starts `higgins serve` on a free port. Gives {port, log, stop()}: log holds every line it wrote.
export async function startServer(extra = []) {
  const folder = mkdtempSync(join(tmpdir(), "higgins-azure-"));
  const keys = join(folder, "keys.json");
  const sha256 = createHash("sha256").update(KEY).digest("hex");
  writeFileSync(keys, JSON.stringify({ keys: [{ name: "test", sha256, scopes: ["assess", "stream"] }] }));
  const child = spawn(PROGRAM, ["serve", "--port", "0", "--keys", keys, "--workers", "2", "--deadline-ms", "60000", "--max-wait-ms", "60000", ...extra], {
    cwd: ROOT,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const log = [];
  const port = Number(new URL(await addressOf(child, (line) => log.push(line))).port);
  const stop = () =>
    new Promise((resolve) => {
      child.once("exit", () => {
        rmSync(folder, { recursive: true, force: true });
        resolve();
      });
      child.kill("SIGTERM");
    });
  return { port, log, stop };
}

const cache = new Map();

/// examples/NAME.flac as a 16 kHz WAV file; `effects` are sox's.
export function wavOf(name, effects = []) {
  const id = [name, ...effects].join(" ");
  if (!cache.has(id)) {
    const flac = join(ROOT, "examples", `${name}.flac`);
    cache.set(id, execFileSync("sox", [flac, "-b", "16", "-t", "wav", "-", ...effects], { stdio: ["ignore", "pipe", "ignore"] }));
  }
  return cache.get(id);
}

/// A header and `seconds` of samples that `sample(i)` gives (-1 to 1).
export function wavOfSamples(seconds, sample) {
  const count = Math.round(seconds * 16000);
  const wav = Buffer.alloc(44 + 2 * count);
  wav.write("RIFF", 0);
  wav.writeUInt32LE(36 + 2 * count, 4);
  wav.write("WAVEfmt ", 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(16000, 24);
  wav.writeUInt32LE(32000, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write("data", 36);
  wav.writeUInt32LE(2 * count, 40);
  for (let i = 0; i < count; i += 1) wav.writeInt16LE(Math.round(32767 * sample(i)), 44 + 2 * i);
  return wav;
}

export const silence = (seconds) => wavOfSamples(seconds, () => 0);

/// The same noise every time.
export function noise(seconds) {
  let state = 1;
  return wavOfSamples(seconds, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return 0.1 * (state / 2147483648 - 1);
  });
}

const reports = new Map();

/// The report of the same bytes on the command line.
export function cliReport(wav, text) {
  const id = createHash("sha256").update(wav).update(text).digest("hex");
  if (!reports.has(id)) reports.set(id, runCli(wav, text));
  return reports.get(id);
}

function runCli(wav, text) {
  const out = execFileSync(PROGRAM, ["assess", "-", text, "--json"], { cwd: ROOT, input: wav, stdio: ["pipe", "pipe", "inherit"] });
  return JSON.parse(out.toString());
}
