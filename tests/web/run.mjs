// Runs the page's tests: node tests/web/run.mjs [unit] [browser]   (both by default)
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const kinds = process.argv.length > 2 ? process.argv.slice(2) : ["unit", "browser"];
const here = (folder) => join(root, "tests/web", folder);
const tests = (folder, ending) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name));

function run(files) {
  if (files.length === 0) throw new Error("no test files");
  const env = { ...process.env, HIGGINS_ROOT: root };
  const options = ["--test", "--test-reporter=spec"];
  return (
    spawnSync(process.execPath, [...options, ...files], {
      stdio: "inherit",
      env,
      cwd: root,
    }).status ?? 1
  );
}

let status = 0;
if (kinds.includes("unit")) {
  const { buildSync } = createRequire(join(root, "web/package.json"))("esbuild");
  const folder = mkdtempSync(join(tmpdir(), "higgins-web-unit-"));
  buildSync({
    entryPoints: tests(here("unit"), ".test.ts"),
    bundle: true,
    platform: "node",
    format: "esm",
    outExtension: { ".js": ".mjs" },
    outdir: folder,
  });
  status ||= run(tests(folder, ".mjs"));
  rmSync(folder, { recursive: true });
}
if (kinds.includes("browser")) {
  // One after the other: they record in real time.
  for (const file of tests(here("browser"), ".test.mjs")) status = run([file]) || status;
}
process.exit(status);
