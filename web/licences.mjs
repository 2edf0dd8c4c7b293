// The licences of what dist/ carries of others: read off the source map of Scalar's bundle and the fonts' packages.
// A licence that is not in the list fails the build.
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const modules = fileURLToPath(new URL("node_modules/", import.meta.url));
const ALLOWED = ["MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "OFL-1.1", "0BSD", "CC0-1.0"];
const OWN_PACKAGES = [
  "@fontsource-variable/source-sans-3",
  "@fontsource-variable/source-serif-4",
  "@scalar/api-reference",
];
// In the bundle, but of its maker's tree only: npm does not install them here.
const NOT_INSTALLED = { "vue-demi": "MIT", "unist-util-find-after": "MIT" };

/** Names of the packages whose files went into Scalar's bundle; its own parts (relative paths) are @scalar/... */
async function bundled() {
  const map = JSON.parse(
    await readFile(`${modules}@scalar/api-reference/dist/browser/standalone.js.map`, "utf8"),
  );
  const names = new Set();
  for (const source of map.sources) {
    const at = source.lastIndexOf("node_modules/");
    if (at < 0) continue;
    names.add(/^(@[^/]+\/[^/]+|[^/]+)/.exec(source.slice(at + "node_modules/".length))[0]);
  }
  return [...names];
}

async function entry(name) {
  const folder = `${modules}${name}`;
  let manifest;
  try {
    manifest = JSON.parse(await readFile(`${folder}/package.json`, "utf8"));
  } catch {
    manifest = { license: NOT_INSTALLED[name], version: "" };
  }
  if (!ALLOWED.includes(manifest.license))
    throw new Error(`${name}: licence ${manifest.license} is not in the list`);
  const files = await readdir(folder).catch(() => []);
  const file = files.find((candidate) => /^licen[cs]e/i.test(candidate));
  const text = file ? await readFile(`${folder}/${file}`, "utf8") : "";
  return `${name} ${manifest.version} (${manifest.license})\n\n${text.trim()}\n`;
}

export async function licences() {
  const names = [...new Set([...OWN_PACKAGES, ...(await bundled())])].sort();
  const entries = await Promise.all(names.map(entry));
  return entries.join(`\n${"-".repeat(78)}\n\n`);
}
