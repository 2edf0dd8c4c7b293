// For work on the page where `higgins serve` is not built: serves web/dist and answers POST /v1/assess by running
// `higgins assess --json` on what came in. One request is one process, so it is slow; the answers are real.
//
//   node web/dev/server.mjs [PORT]        HIGGINS_BINARY (build/release/higgins); HIGGINS_API: the address of a server
//                                         that answers in its place
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile, writeFile, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const dist = join(root, "web/dist");
const binary = process.env["HIGGINS_BINARY"] ?? join(root, "build/release/higgins");
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
  ".json": "application/json",
};
// Exit codes of the command line (10 + the error's code) as the server's problems.
const PROBLEMS = {
  11: [400, "invalid-argument", "Invalid argument"],
  12: [422, "bad-audio", "Bad audio"],
  13: [415, "unsupported-audio", "Unsupported audio"],
  14: [413, "audio-too-long", "Audio too long"],
  15: [422, "audio-too-short", "Audio too short"],
  16: [422, "no-speech", "No speech"],
};

function problem(response, status, name, title, detail) {
  response.writeHead(status, { "Content-Type": "application/problem+json" });
  response.end(JSON.stringify({ type: `urn:higgins:problem:${name}`, title, status, detail }));
}

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function runBinary(audio, text, strictness) {
  const folder = await mkdtemp(join(tmpdir(), "higgins-web-"));
  const file = join(folder, "audio");
  await writeFile(file, audio);
  const options = ["assess", file, text, "--json", "--strictness", strictness];
  return new Promise((resolve) => {
    execFile(binary, options, { cwd: root, maxBuffer: 1 << 26 }, async (error, stdout, stderr) => {
      await rm(folder, { recursive: true });
      resolve({ code: error?.code ?? 0, stdout, stderr });
    });
  });
}

// The engine answers the same bytes for the same input, so a second run of it would only cost the start.
const answers = new Map();

async function forward(request, response) {
  const { method, headers } = request;
  const sent = {
    method,
    headers: { "content-type": headers["content-type"] ?? "", "x-api-key": headers["x-api-key"] ?? "" },
  };
  if (method === "POST") sent.body = await bodyOf(request);
  const answer = await fetch(new URL(request.url, process.env["HIGGINS_API"]), sent);
  response.writeHead(answer.status, { "Content-Type": answer.headers.get("content-type") ?? "" });
  response.end(await answer.text());
}

async function assess(request, response) {
  if (process.env["HIGGINS_API"]) return forward(request, response);
  const form = await new Response(await bodyOf(request), { headers: request.headers }).formData();
  const audio = Buffer.from(await form.get("audio").arrayBuffer());
  const text = form.get("text");
  const strictness = form.get("strictness") ?? "0";
  const key = createHash("sha256").update(audio).update(`\0${text}\0${strictness}`).digest("hex");
  if (!answers.has(key)) answers.set(key, runBinary(audio, text, strictness));
  const { code, stdout, stderr } = await answers.get(key);
  if (code === 0) {
    response.writeHead(200, { "Content-Type": "application/json" });
    return response.end(stdout);
  }
  const [status, name, title] = PROBLEMS[code] ?? [500, "internal", "Internal error"];
  problem(response, status, name, title, stderr.trim().replace(/^higgins: /, ""));
}

async function page(path, response) {
  const name = path === "/" ? "index.html" : path === "/docs" ? "docs.html" : path.slice(1);
  const file = resolve(dist, name);
  try {
    if (!file.startsWith(dist)) throw new Error("outside");
    const body = await readFile(file);
    response.writeHead(200, { "Content-Type": TYPES[extname(file)] ?? "application/octet-stream" });
    response.end(body);
  } catch {
    problem(response, 404, "not-found", "Not found", path);
  }
}

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, "http://localhost");
  const work =
    pathname === "/v1/assess" && request.method === "POST"
      ? assess(request, response)
      : page(pathname, response);
  work.catch((error) => problem(response, 500, "internal", "Internal error", String(error)));
});
server.listen(Number(process.argv[2] ?? 8090), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});
