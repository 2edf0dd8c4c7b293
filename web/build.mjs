// Bundles src/ into dist/. Everything the pages need is in there: they ask no other server for anything.
import { build } from "esbuild";
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { licences } from "./licences.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

await rm(here("dist"), { recursive: true, force: true });
await mkdir(here("dist"));
const common = { bundle: true, minify: true, target: "es2022", legalComments: "none", logLevel: "warning" };
await Promise.all([
  build({ ...common, format: "esm", entryPoints: [here("src/page.ts")], outfile: here("dist/page.js") }),
  build({ ...common, format: "iife", entryPoints: [here("src/theme.ts")], outfile: here("dist/theme.js") }),
  build({ ...common, format: "iife", entryPoints: [here("src/docs.ts")], outfile: here("dist/docs.js") }),
  build({
    ...common,
    format: "esm",
    entryPoints: [here("src/audio/recorder_worklet.ts")],
    outfile: here("dist/recorder_worklet.js"),
  }),
  build({
    ...common,
    entryPoints: [here("src/styles/page.css")],
    outfile: here("dist/page.css"),
    loader: { ".woff2": "file" },
    assetNames: "[name]",
  }),
  cp(here("src/index.html"), here("dist/index.html")),
  cp(here("src/docs.html"), here("dist/docs.html")),
  cp(here("src/icon.svg"), here("dist/icon.svg")),
  cp(here("node_modules/@scalar/api-reference/dist/browser/standalone.js"), here("dist/scalar.js")),
  writeFile(here("dist/licences.txt"), await licences()),
]);
