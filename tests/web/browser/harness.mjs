// What the browser tests share: a server, a Chromium with a recording as its microphone, and a page that notes every
// request and every error.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { addressOf } from "../../support/serving.mjs";

export const root = fileURLToPath(new URL("../../..", import.meta.url));
// The packages lie in web/node_modules, these tests beside it.
const webRequire = createRequire(join(root, "web/package.json"));
const { chromium } = webRequire("playwright-core");
export const axeSource = readFileSync(join(root, "web/node_modules/axe-core/axe.min.js"), "utf8");

const binary = process.env["HIGGINS_BINARY"] ?? join(root, "build/release/higgins");
const browser_path = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
export const TEXT = "I think this is the very best weather for a long walk.";

async function answers(address, child) {
  for (let attempt = 0; attempt < 600; ++attempt) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    try {
      if ((await fetch(address)).ok) return;
    } catch {
      // Not yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no answer from ${address}`);
}

/** `higgins serve` with the page that was built; `options` are added to its command line. */
export async function startServer(options = []) {
  // Port 0: the system gives one that is free.
  const args = [
    "serve",
    "--port",
    "0",
    "--web-root",
    join(root, "web/dist"),
    "--pack",
    join(root, "packs/en-us"),
    ...options,
  ];
  const child = spawn(binary, args, { cwd: root, stdio: ["ignore", "ignore", "pipe"] });
  const warn = (line) => line.includes('"level":"info"') || console.error(line);
  const address = `${await addressOf(child, warn)}/`;
  await answers(`${address}readyz`, child);
  const stop = () =>
    new Promise((resolve) => {
      child.once("exit", resolve);
      child.kill("SIGTERM");
    });
  return { address, stop };
}

/** A recording of examples/ as the WAV that Chromium plays as its microphone: a pause before, for a slow machine,
 * and a long one after. */
function microphoneFile(folder, recording) {
  const wav = join(folder, "microphone.wav");
  execFileSync("sox", [
    join(root, "examples", recording),
    "-r",
    "48000",
    "-b",
    "16",
    wav,
    "pad",
    "0.4",
    "20",
  ]);
  return wav;
}

export class Browser {
  /** `recording` of examples/ is what the microphone hears; null: no permission to use it. */
  static async launch(recording) {
    if (!existsSync(browser_path)) throw new Error(`${browser_path} is missing: tools/setup.sh web`);
    const folder = mkdtempSync(join(tmpdir(), "higgins-web-"));
    const args = [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
    ];
    args.push(
      "--disable-component-update",
      "--disable-sync",
      "--autoplay-policy=document-user-activation-required",
    );
    args.push("--use-fake-device-for-media-stream");
    if (recording) {
      args.push("--use-fake-ui-for-media-stream");
      args.push(`--use-file-for-fake-audio-capture=${microphoneFile(folder, recording)}%noloop`);
    }
    const browser = new Browser();
    browser.folder = folder;
    browser.chromium = await chromium.launch({
      executablePath: browser_path,
      headless: true,
      args,
    });
    return browser;
  }

  /** A page with its own storage. `requests`: every address asked for; `errors`: what the console complained about. */
  async open(address, options = {}) {
    const context = await this.chromium.newContext({
      viewport: { width: 1280, height: 900 },
      ...options,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE.timeout);
    const requests = [];
    const errors = [];
    page.on("request", (request) => requests.push(request.url()));
    page.on("console", (message) => {
      if (message.type() === "error") errors.push(message.text());
    });
    page.on("pageerror", (error) => errors.push(String(error)));
    // Notes which stretch is played, in seconds of the recording.
    await page.addInitScript(() => {
      window.played = [];
      const start = AudioBufferSourceNode.prototype.start;
      AudioBufferSourceNode.prototype.start = function (when, offset, duration) {
        window.played.push({ offset, duration });
        return start.call(this, when, offset, duration);
      };
    });
    await page.goto(address);
    return { page, context, requests, errors };
  }

  async close() {
    await this.chromium.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

// Generous, for a machine that is busy with other things; a test that passes does not wait.
export const PATIENCE = { timeout: 240_000 };

/** Records for `seconds`, as a person would, and waits for the result. */
export async function record(page, seconds = 6.5) {
  await page.getByRole("button", { name: "Record", exact: true }).click();
  await page.locator("#recorder[data-phase=recording]").waitFor();
  await page.waitForTimeout(seconds * 1000);
  await page.getByRole("button", { name: "Done" }).click();
  await page.locator("#recorder[data-phase=idle]").waitFor(PATIENCE);
}

/** A module of web/ as a script that leaves its exports in a global: for what the page itself does not show. */
export function moduleAsScript(path, global_name) {
  const { buildSync } = webRequire("esbuild");
  const options = {
    entryPoints: [join(root, "web", path)],
    bundle: true,
    format: "iife",
    write: false,
  };
  const script = buildSync({ ...options, globalName: global_name }).outputFiles[0].text;
  // What is evaluated keeps its variables to itself, and an element's id of the same name would be found instead.
  return `${script}\nglobalThis.${global_name} = ${global_name};`;
}

export const example = (name) => join(root, "examples", name);

/** Gives a file of examples/, or one made here, to the page, and waits for the result. */
export async function upload(page, file) {
  const answer = page.waitForResponse("**/v1/assess", PATIENCE);
  await page.locator("#file").setInputFiles(typeof file === "string" ? example(file) : file);
  await answer;
  await page.locator("#recorder[data-phase=idle]").waitFor(PATIENCE);
}
