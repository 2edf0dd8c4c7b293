// usage: node assess.mjs RECORDING TEXT: asks a Higgins server how a text was read. Node 18 or newer, no package.
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

const url = process.env.HIGGINS_URL ?? "http://127.0.0.1:8080";
const key = process.env.HIGGINS_KEY;

async function assess(recording, text, attempts = 5) {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const form = new FormData();
    form.append("audio", new Blob([recording]), "recording");
    form.append("text", text);
    const answer = await fetch(`${url}/v1/assess`, {
      method: "POST",
      body: form,
      headers: key ? { Authorization: `Bearer ${key}` } : {},
    });
    const body = await answer.json();
    if (answer.ok) return body;
    if (answer.status !== 429 && answer.status !== 503) throw new Error(`${body.title}: ${body.detail}`);
    await sleep(1000 * Number(answer.headers.get("Retry-After") ?? 1));
  }
  throw new Error("the server is busy");
}

/** Of speech that is not in the text: where it is, and the words that were said once more or what was heard. */
function addedLine(words, added) {
  const after = added.after_word;
  const place = after === null ? "before the first word" : `after "${words[after].word}"`;
  const repeated = words.slice(added.repeats_begin, added.repeats_end).map((word) => word.word);
  const said = added.repeats_begin === null ? added.phones.join(" ") : `"${repeated.join(" ")}" once more`;
  return `said beside the text, ${place}: ${said}`;
}

/** Of a silence between two words: where it is, and how long. */
function pauseLine(words, pause) {
  const seconds = (pause.end_ms - pause.start_ms) / 1000;
  return `pause of ${seconds.toFixed(1)} s after "${words[pause.after_word].word}"`;
}

try {
  const report = await assess(await readFile(process.argv[2]), process.argv[3]);
  console.log(`total ${Math.round(report.utterance.total * 100)}`);
  for (const warning of report.warnings) console.log(`warning: ${warning.message}`);
  for (const word of report.words) if (word.omission_probability >= 0.5) console.log(`${word.word}: not heard`);
  for (const added of report.added_speech) console.log(addedLine(report.words, added));
  const noticed = report.pauses.filter((pause) => pause.noticed_probability >= 0.5);
  for (const pause of noticed) console.log(pauseLine(report.words, pause));
  for (const error of report.mispronunciations) {
    console.log(`${error.word}: ${error.type}, expected ${error.expected}, heard ${error.actual}`);
    console.log(`  ${error.suggestion}`);
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
