// The page in a real browser, against a real server and the real engine: a recording of examples/ is the microphone.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, describe, test } from "node:test";
import {
  axeSource,
  Browser,
  example,
  moduleAsScript,
  record,
  startServer,
  TEXT,
  upload,
} from "./harness.mjs";

let server;
let browser;

before(async () => {
  server = await startServer();
  browser = await Browser.launch("think_slt_errors.flac");
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Opens the page, runs, and then looks for what no page may do: errors, and requests to anywhere else. */
async function onPage(run, options = {}) {
  const { page, context, requests, errors } = await browser.open(server.address, options);
  try {
    await run(page, { requests, errors });
    const foreign = requests.filter((url) => !url.startsWith(server.address) && !/^(blob|data):/.test(url));
    assert.deepEqual(foreign, [], "requests to another origin");
  } finally {
    await context.close();
  }
}

const number = async (locator) => Number(await locator.textContent());
const hidden = (page, selector) => page.locator(selector).isHidden();
const played = (page) => page.evaluate(() => window.played.at(-1));
const timesPlayed = (page) => page.evaluate(() => window.played.length);

/** No wider than the window: nothing to scroll sideways. */
async function assertFits(page) {
  const [content, view] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  assert.ok(content <= view, `the page is ${content} px wide in a window of ${view} px`);
}

/** axe-core's rules of WCAG 2.2 A and AA. */
async function assertAccessible(page, state) {
  // The page's policy refuses scripts from elsewhere, so the checker comes in by the debugger.
  await page.evaluate(axeSource);
  const violations = await page.evaluate(async () => {
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
    const result = await globalThis.axe.run(document, { runOnly: tags });
    return result.violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`,
    );
  });
  assert.deepEqual(violations, [], state);
}

describe("recording", () => {
  test("from the microphone to marked words, a tip, and a stretch that plays", async () => {
    await onPage(async (page, { errors }) => {
      await record(page);
      assert.ok((await number(page.locator(".total .number"))) > 30);
      assert.equal(await page.locator("#result-words .word").count(), 12);
      // The voice of this recording says "wery", "wezzer" and "wal'": at least one of them must be marked and explained.
      assert.ok((await page.locator('#result-words .word:not([data-level="clear"])').count()) > 0);
      assert.ok(((await page.locator(".tips .tip").first().textContent()) ?? "").length > 20);

      const word = page.locator("#result-words .word").nth(5);
      await word.click();
      await page.waitForFunction(() => window.played.length > 0);
      const { offset, duration } = await played(page);
      assert.ok(duration >= 0.15 && duration < 1.2, `a word of ${duration} s`);
      assert.ok(offset > 0.2, `"very" does not begin at ${offset} s`);
      assert.equal(await page.locator("#word-detail h3").textContent(), "very");
      assert.equal(await page.locator("#word-detail .phone").count(), 4);

      await page.locator("#word-detail .phone").nth(1).click();
      await page.waitForFunction(() => window.played.length > 1);
      const phone = await played(page);
      assert.ok(phone.duration < duration + 0.1 && phone.offset >= offset - 0.1);
      assert.deepEqual(errors, []);
    });
  });

  test("the level shows while it records, and Escape gives it up", async () => {
    await onPage(async (page) => {
      await page.getByRole("button", { name: "Record", exact: true }).click();
      await page.locator("#recorder[data-phase=recording]").waitFor();
      const levels = () =>
        page
          .locator(".meter span")
          .evaluateAll((bars) => bars.map((bar) => Number(/[\d.]+/.exec(bar.style.transform)?.[0] ?? 0)));
      await page.waitForTimeout(4500);
      assert.ok(Math.max(...(await levels())) > 0.3, "speech moves the meter");
      assert.match((await page.locator("#time").textContent()) ?? "", /^0:0[1-9]$/);
      await page.keyboard.press("Escape");
      await page.locator("#recorder[data-phase=idle]").waitFor();
      assert.ok(await hidden(page, "#result"));
      assert.ok(await hidden(page, "#problem"));
    });
  });

  test("48 kHz become 16 kHz without folding what lies above 8 kHz down", async () => {
    await onPage(async (page) => {
      await page.evaluate(moduleAsScript("src/audio/recorder.ts", "recorder"));
      const [low, high] = await page.evaluate(async () => {
        const level = async (frequency_hz) => {
          const wave = Float32Array.from(
            { length: 48000 },
            (_, i) => 0.5 * Math.sin((2 * Math.PI * frequency_hz * i) / 48000),
          );
          const samples = await globalThis.recorder.toSixteenKilohertz(wave, 48000);
          if (samples.length !== 16000) throw new Error(`${samples.length} samples`);
          const middle = samples.slice(2000, 14000); // the ends are where the filter starts and stops
          return Math.sqrt(middle.reduce((sum, x) => sum + x * x, 0) / middle.length);
        };
        return [await level(3000), await level(11000)];
      });
      assert.ok(low > 0.3, `3 kHz stays (${low})`);
      assert.ok(high < low / 100, `11 kHz goes (${high})`);
    });
  });
});

describe("files", () => {
  test("a flac file is assessed, and tried again beside the last attempt", async () => {
    await onPage(async (page, { errors }) => {
      await upload(page, "think_slt_errors.flac");
      const first = await number(page.locator(".total .number"));
      assert.ok(await hidden(page, "#comparison"));
      await upload(page, "think_slt_good.flac");
      const second = await number(page.locator(".total .number"));
      assert.ok(second > first, `${second} after ${first}`);
      assert.equal(await page.locator(".total .change").textContent(), `+${second - first}`);
      const sides = page.locator("#comparison .side");
      assert.equal(await sides.nth(0).locator(".side-total").textContent(), String(first));
      assert.equal(await sides.nth(1).locator(".side-total").textContent(), String(second));
      // The dropped K of "walk" is there in the first and not in the second.
      const walk = page.locator("#comparison tbody tr", {
        has: page.getByRole("rowheader", { name: "walk" }),
      });
      assert.match((await walk.textContent()) ?? "", /\/k\/ fixed/);
      // Each side plays its own recording.
      const before_count = await timesPlayed(page);
      await sides.nth(0).getByRole("button", { name: "Play: Last time" }).click();
      await page.waitForFunction((count) => window.played.length > count, before_count);
      assert.deepEqual(errors, []);
    });
  });

  test("a file can be dropped anywhere on the page", async () => {
    await onPage(async (page) => {
      const { readFile } = await import("node:fs/promises");
      const bytes = [...(await readFile(example("think_rms_good.flac")))];
      await page.evaluate((data) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([Uint8Array.from(data)], "x.flac", { type: "audio/flac" }));
        document
          .querySelector("footer")
          .dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true }));
      }, bytes);
      await page.locator("#result").waitFor();
      assert.ok((await number(page.locator(".total .number"))) > 60);
    });
  });

  test("words that were left out, and what was said beside the text", async () => {
    await onPage(async (page, { errors }) => {
      // The recording says "bright red coat at school".
      await page.locator("#text").fill("She left her red coat and hat at school last week.");
      await upload(page, "school_slt_good.flac");
      assert.match(
        (await page.locator("#result-summary").textContent()) ?? "",
        /, 1 stretch not in the text$/,
      );
      const added = page.getByRole("region", { name: "Not in the text", exact: true }).getByRole("button");
      assert.equal(await added.count(), 1);
      assert.equal(await added.locator("strong").textContent(), "something else, after “her”");
      assert.match((await added.locator(".sounds").textContent()) ?? "", /^\/\S+\/$/);
      await page.getByLabel("ARPAbet").check();
      assert.match((await added.locator(".sounds").textContent()) ?? "", /^[A-Z]+( [A-Z]+)*$/);
      await added.click();
      await page.waitForFunction(() => window.played.length === 1);
      const { offset, duration } = await played(page);
      assert.ok(offset > 0.7 && offset + duration < 1.3, `"bright" for ${duration} s at ${offset} s`);

      // "hat" is in the line of words, where it can be chosen, and nowhere in the recording.
      const hat = page.getByRole("button", { name: /^hat: .+, not heard$/ });
      await hat.click();
      assert.equal(await page.locator("#word-detail h3").textContent(), "hat");
      assert.match((await page.locator("#word-detail").textContent()) ?? "", /This word was not heard/);
      assert.equal(await page.locator("#word-detail button").count(), 0);
      assert.ok(await hidden(page, ".selection"));
      const labels = await page.locator(".t-word").allTextContents();
      assert.ok(labels.includes("coat") && !labels.includes("hat"), labels.join(" "));
      // The keys of the timeline stop at the words that were heard, each once.
      const timeline = page.locator(".timeline");
      await timeline.press("Home");
      for (const label of labels) {
        await timeline.press("PageUp");
        assert.match((await timeline.getAttribute("aria-valuetext")) ?? "", new RegExp(`, ${label}$`));
      }
      assert.equal(await timesPlayed(page), 1);
      assert.ok(await hidden(page, "#errors"));
      await assertAccessible(page, "with speech that is not in the text");
      // The next result without any has no such list.
      await page.locator("#text").fill(TEXT);
      await upload(page, "think_slt_good.flac");
      assert.ok(await hidden(page, "#added"));
      assert.deepEqual(errors, []);
    });
  });

  test("a pause that is noticed, and one that belongs", async () => {
    await onPage(async (page, { errors }) => {
      // The recording says "bright red coat at school"; 0.8 s of silence in the middle of the text's longest gap.
      const assessed = page.waitForResponse("**/v1/assess");
      await page.locator("#text").fill("She left her bright red coat at school last week.");
      await upload(page, "school_slt_good.flac");
      const { words } = await (await assessed).json();
      const at = words.findIndex(({ word }) => word === "at");
      const seconds = (words[at - 1].end_ms + words[at].start_ms) / 2000;
      const sox = ["-b", "16", "-t", "wav", "-", "pad", `0.8@${seconds}`];
      const buffer = execFileSync("sox", [example("school_slt_good.flac"), ...sox]);
      assert.ok(await hidden(page, "#pauses"));
      await upload(page, { name: "paused.wav", mimeType: "audio/wav", buffer });
      assert.match((await page.locator("#result-summary").textContent()) ?? "", /, 1 pause that is noticed$/);
      const pauses = page.getByRole("region", { name: "Pauses that are noticed" }).getByRole("button");
      assert.equal(await pauses.count(), 1);
      assert.match((await pauses.locator("strong").textContent()) ?? "", /^0\.[89] s after “coat”$/);
      await pauses.click();
      await page.waitForFunction(() => window.played.length === 1);
      const { offset, duration } = await played(page);
      assert.ok(offset < seconds - 0.1 && offset + duration > seconds + 0.9, `${duration} s at ${offset} s`);
      await assertAccessible(page, "with a pause that is noticed");
      await page.locator("#text").fill("She left her bright red coat, at school last week.");
      await upload(page, { name: "paused.wav", mimeType: "audio/wav", buffer });
      assert.ok(await hidden(page, "#pauses"));
      assert.deepEqual(errors, []);
    });
  });

  test("the text can be one's own, and one that looks like markup stays text", async () => {
    await onPage(async (page) => {
      await page.getByLabel("Practice text").selectOption({ label: "Your own text" });
      await page.locator("#text").fill("She left her <b>bright</b> red coat & hat at school last week.");
      await upload(page, "school_slt_good.flac");
      assert.match((await page.locator("#result-words").textContent()) ?? "", /<b>.*bright.*<\/b>/);
      assert.equal(await page.locator("#result-words b").count(), 0);
    });
  });
});

describe("errors are said in plain words", () => {
  test("what is no audio", async () => {
    await onPage(async (page) => {
      await page.locator("#file").setInputFiles({
        name: "a.wav",
        mimeType: "audio/wav",
        buffer: Buffer.from("not audio at all"),
      });
      await page.locator("#problem").waitFor();
      const text = (await page.locator("#problem").textContent()) ?? "";
      assert.match(text, /could not be read|not supported/);
      assert.match(text, /The server said: /);
      assert.equal(await page.locator("#problem").getAttribute("role"), "alert");
      await assertAccessible(page, "with an error");
      // It goes away with the next good recording.
      await upload(page, "think_rms_good.flac");
      assert.ok(await hidden(page, "#problem"));
    });
  });

  test("silence", async () => {
    await onPage(async (page) => {
      const wav = Buffer.alloc(44 + 64000);
      (wav.write("RIFF", 0),
        wav.writeUInt32LE(36 + 64000, 4),
        wav.write("WAVEfmt ", 8),
        wav.writeUInt32LE(16, 16));
      (wav.writeUInt16LE(1, 20),
        wav.writeUInt16LE(1, 22),
        wav.writeUInt32LE(16000, 24),
        wav.writeUInt32LE(32000, 28));
      (wav.writeUInt16LE(2, 32),
        wav.writeUInt16LE(16, 34),
        wav.write("data", 36),
        wav.writeUInt32LE(64000, 40));
      await page.locator("#file").setInputFiles({ name: "a.wav", mimeType: "audio/wav", buffer: wav });
      await page.locator("#problem").waitFor();
      assert.match((await page.locator("#problem").textContent()) ?? "", /No speech was heard/);
    });
  });

  test("a server that is gone: the recording is kept and can be sent again", async () => {
    await onPage(async (page) => {
      await page.context().setOffline(true);
      await page.locator("#file").setInputFiles(example("think_rms_good.flac"));
      await page.locator("#problem").waitFor();
      assert.match((await page.locator("#problem").textContent()) ?? "", /cannot be reached/);
      await page.context().setOffline(false);
      await page.getByRole("button", { name: "Send again" }).click();
      await page.locator("#result").waitFor();
      assert.ok(await hidden(page, "#problem"));
    });
  });

  test("a busy server: the button waits as long as the server asked", async () => {
    await onPage(async (page) => {
      await page.route("**/v1/assess", (route) =>
        route.fulfill({
          status: 429,
          headers: {
            "Retry-After": "2",
            "Content-Type": "application/problem+json",
          },
          body: JSON.stringify({
            type: "urn:higgins:problem:queue-full",
            title: "Queue full",
            status: 429,
          }),
        }),
      );
      await page.locator("#file").setInputFiles(example("think_rms_good.flac"));
      const again = page.locator("#problem button");
      await again.waitFor();
      assert.match((await again.textContent()) ?? "", /^Send again in \d s$/);
      assert.ok(await again.isDisabled());
      await page.unroute("**/v1/assess");
      await page.waitForFunction(() => !document.querySelector("#problem button").disabled);
      await again.click();
      await page.locator("#result").waitFor();
    });
  });

  test("an API key is asked for, sent, and gone with the tab", async () => {
    await onPage(async (page) => {
      const keys = [];
      await page.route("**/v1/assess", (route) => {
        const key = route.request().headers()["x-api-key"];
        keys.push(key);
        if (key === "secret-1") return route.continue();
        return route.fulfill({
          status: 401,
          body: JSON.stringify({ type: "urn:higgins:problem:unauthorised" }),
        });
      });
      await page.locator("#file").setInputFiles(example("think_rms_good.flac"));
      await page.getByRole("button", { name: "Enter a key" }).click();
      await page.keyboard.type("secret-1");
      await page.keyboard.press("Escape");
      await upload(page, "think_rms_good.flac");
      assert.deepEqual(keys, [undefined, "secret-1"]);
      assert.ok(await page.locator("#result").isVisible());
      assert.equal(await page.evaluate(() => JSON.stringify(localStorage).includes("secret-1")), false);
      assert.equal(await page.evaluate(() => sessionStorage.getItem("higgins.key")), "secret-1");
    });
  });

  test("no microphone allowed", async () => {
    const other = await Browser.launch(null);
    try {
      const { page } = await other.open(server.address, { permissions: [] });
      await page.evaluate(() => {
        navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("no", "NotAllowedError"));
      });
      await page.getByRole("button", { name: "Record", exact: true }).click();
      await page.locator("#problem").waitFor();
      assert.match((await page.locator("#problem").textContent()) ?? "", /microphone is blocked/i);
      assert.equal(await page.locator("#recorder").getAttribute("data-phase"), "idle");
    } finally {
      await other.close();
    }
  });
});

describe("history", () => {
  test("survives a reload, opens again with its recording, and is deleted for good", async () => {
    await onPage(async (page) => {
      await upload(page, "think_slt_errors.flac");
      await upload(page, "think_slt_good.flac");
      await page.reload();
      const rows = page.locator(".attempts li");
      assert.equal(await rows.count(), 2);
      assert.ok(await hidden(page, "#result"));
      await rows.nth(1).locator(".attempt").click();
      await page.locator("#result").waitFor();
      assert.equal(await page.locator(".attempt[aria-current=true]").count(), 1);
      await page.locator("#result-words .word").nth(1).click();
      await page.waitForFunction(() => window.played.length > 0);

      await rows
        .nth(0)
        .getByRole("button", { name: /^Delete the attempt/ })
        .click();
      await page.waitForFunction(() => document.querySelectorAll(".attempts li").length === 1);
      await page.getByRole("button", { name: "Delete all" }).click();
      assert.equal(await rows.count(), 1, "the first press only asks");
      await page.getByRole("button", { name: "Really delete it?" }).click();
      await page.locator("#history-body", { hasText: "will appear here" }).waitFor();
      await page.reload();
      assert.equal(await page.locator(".attempts li").count(), 0);
    });
  });
});

describe("keyboard", () => {
  test("the whole way without a pointer, and out again", async () => {
    await onPage(async (page) => {
      const focused = () =>
        page.evaluate(() => {
          const element = document.activeElement;
          return element.id || element.className || element.tagName;
        });
      const tabTo = async (wanted, key = "Tab") => {
        for (let presses = 0; presses < 40; ++presses) {
          await page.keyboard.press(key);
          if ((await focused()).split(" ").includes(wanted)) return;
        }
        assert.fail(`${key} never reaches ${wanted}`);
      };
      // The order of the page is the order of the eye.
      const order = [];
      for (let presses = 0; presses < 6; ++presses) {
        await page.keyboard.press("Tab");
        order.push(await focused());
      }
      assert.deepEqual(order, ["skip", "A", "open-settings", "choice", "text", "record"]);

      await page.keyboard.press("Enter");
      await page.locator("#recorder[data-phase=recording]").waitFor();
      assert.equal(await focused(), "record", "the focus stays on the button");
      await page.waitForTimeout(6500);
      await page.keyboard.press("Space");
      await page.locator("#result").waitFor();
      await page.locator("#recorder[data-phase=idle]").waitFor();
      assert.equal(await focused(), "result-heading");

      await tabTo("word");
      await page.keyboard.press("Home");
      assert.match(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), /^I: /);
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => window.played.length === 1);
      assert.equal(await page.locator("#word-detail h3").textContent(), "think");

      await tabTo("timeline");
      // From word to word (a slow machine may have begun to record within the first one).
      const words = TEXT.toLowerCase().replace(".", "").split(" ");
      const word = async () =>
        words.indexOf(/, (\w+)$/.exec(await page.locator(".timeline").getAttribute("aria-valuetext"))?.[1]);
      await page.keyboard.press("Home");
      await page.keyboard.press("PageUp");
      const reached = await word();
      assert.ok(reached === 0 || reached === 1, `word ${reached}`);
      await page.keyboard.press("PageUp");
      assert.equal(await word(), reached + 1);
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => window.played.length === 2);

      await tabTo("phone");
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => window.played.length === 3);
      await tabTo("attempt");
      await tabTo("record", "Shift+Tab");

      const ring = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
      assert.equal(ring, "solid", "the focus is visible");
    });
  });

  test("the settings open, close with Escape, and give the focus back", async () => {
    await onPage(async (page) => {
      await page.locator("#open-settings").focus();
      await page.keyboard.press("Enter");
      await page.locator("dialog[open]").waitFor();
      await assertAccessible(page, "with the settings open");
      await page.keyboard.press("Escape");
      assert.equal(await page.evaluate(() => document.activeElement.id), "open-settings");
    });
  });

  test("results are announced", async () => {
    await onPage(async (page) => {
      await upload(page, "think_rms_good.flac");
      const status = page.locator("#status");
      assert.equal(await status.getAttribute("aria-live"), "polite");
      assert.match((await status.textContent()) ?? "", /^\d+ of 100\. .+ sounds? to work on\.$/);
    });
  });
});

describe("looks", () => {
  for (const width of [360, 1280]) {
    for (const colorScheme of ["light", "dark"]) {
      test(`${width} px, ${colorScheme}: fits, and passes the WCAG rules of axe`, async () => {
        const options = {
          viewport: { width, height: 800 },
          colorScheme,
          reducedMotion: "reduce",
        };
        await onPage(async (page) => {
          await assertFits(page);
          await assertAccessible(page, "empty");
          await upload(page, "think_slt_errors.flac");
          await upload(page, "think_slt_good.flac");
          await assertFits(page);
          await assertAccessible(page, "with a result");
        }, options);
      });
    }
  }

  test("the theme follows the system until one is chosen, which stays", async () => {
    await onPage(
      async (page) => {
        const paper = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
        const dark = await paper();
        await page.emulateMedia({ colorScheme: "light" });
        const light = await paper();
        assert.notEqual(dark, light);
        await page.locator("#open-settings").click();
        await page.locator("dialog input[value=dark]").check();
        assert.equal(await paper(), dark);
        await page.reload();
        assert.equal(await paper(), dark);
      },
      { colorScheme: "dark" },
    );
  });

  test("sounds are written in IPA or ARPAbet, everywhere at once", async () => {
    await onPage(async (page) => {
      await upload(page, "think_slt_errors.flac");
      const first = page.locator("#word-detail .phone .symbol").first();
      const ipa = await first.textContent();
      await page.getByLabel("ARPAbet").check();
      assert.notEqual(await first.textContent(), ipa);
      assert.match((await page.locator(".expected").textContent()) ?? "", /^[A-Z ]+$/);
      assert.match((await page.locator(".t-phone").first().textContent()) ?? "", /^[A-Z]+$/);
      await page.reload();
      assert.ok(await page.locator("input[value=arpabet]").isChecked());
    });
  });

  test("with reduced motion nothing moves by itself", async () => {
    await onPage(
      async (page) => {
        assert.equal(await page.locator(".meter span").count(), 1);
        const transition = await page
          .locator("#record")
          .evaluate((button) => getComputedStyle(button).transitionDuration);
        assert.equal(transition, "0s");
      },
      { reducedMotion: "reduce" },
    );
  });

  test("a click into the waveform plays from there", async () => {
    await onPage(async (page) => {
      await upload(page, "think_slt_good.flac");
      const canvas = page.locator(".track canvas");
      const view = await page.locator(".timeline").boundingBox();
      const scrolled = await page.locator(".timeline").evaluate((element) => element.scrollLeft);
      const x = scrolled + view.width / 2;
      await canvas.click({ position: { x, y: 20 } }); // waits until the page has stopped moving
      await page.waitForFunction(() => window.played.length > 0);
      const { offset } = await played(page);
      const expected = (x / (await canvas.boundingBox()).width) * 3.095;
      assert.ok(Math.abs(offset - expected) < 0.05, `${offset} s instead of ${expected} s`);
    });
  });
});

test("nothing of a result is kept in localStorage, and the text of the tests is the page's first", async () => {
  await onPage(async (page) => {
    // The page may still be getting up when the document has loaded.
    await page.waitForFunction(() => document.querySelector("#text").value !== "");
    assert.equal(await page.locator("#text").inputValue(), TEXT);
    await upload(page, "think_rms_good.flac");
    assert.ok((await page.evaluate(() => JSON.stringify(localStorage))).length < 200);
  });
});
