// Compiles components with their own compilers and renders each of them twice on one page.
// In, by stdin: {folder, cases: {name: {jsx, tsx, vue, svelte}}}. Out: {name: {kind: markup}}, or
// {name: {kind: {error}}}.
import { createRequire } from "node:module";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const { folder, modules, cases } = JSON.parse(readFileSync(0, "utf8"));
const require = createRequire(join(modules, "here.js"));
const ts = require("typescript");
const { compileScript, compileTemplate, parse } = require("@vue/compiler-sfc");
const { compile } = require("svelte/compiler");
const { createElement, Fragment } = require("react");
const { renderToStaticMarkup } = require("react-dom/server");
const { createSSRApp, h } = require("vue");
const { renderToString } = require("vue/server-renderer");
const { render } = await import(pathToFileURL(require.resolve("svelte/server")));

const TYPES = {
  strict: true,
  noEmit: true,
  jsx: ts.JsxEmit.ReactJSX,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  types: [],
};

async function load(name, text) {
  const path = join(folder, name);
  writeFileSync(path, text);
  return (await import(pathToFileURL(path))).default;
}

function toReact(text) {
  const { outputText, diagnostics } = ts.transpileModule(text, {
    compilerOptions: { ...TYPES, noEmit: false },
    fileName: "drawing.tsx",
    reportDiagnostics: true,
  });
  if (diagnostics.length) throw new Error(said(diagnostics));
  return outputText;
}

async function react(name, text) {
  const Drawing = await load(`${name}.mjs`, toReact(text));
  return renderToStaticMarkup(
    createElement(Fragment, null, createElement(Drawing), createElement(Drawing, { "data-mine": "1" })),
  );
}

async function vue(name, text) {
  const { descriptor, errors } = parse(text, { filename: `${name}.vue` });
  if (errors.length) throw errors[0];
  let script = "export default {}";
  let bindings;
  if (descriptor.scriptSetup) {
    const compiled = compileScript(descriptor, { id: name });
    script = compiled.content;
    bindings = compiled.bindings;
  }
  const template = compileTemplate({
    id: name,
    filename: `${name}.vue`,
    source: descriptor.template.content,
    ssr: true,
    ssrCssVars: [],
    compilerOptions: { bindingMetadata: bindings },
  });
  if (template.errors.length) throw new Error(template.errors.join("\n"));
  const whole = [
    script.replace("export default", "const component ="),
    template.code.replace("export function ssrRender", "function ssrRender"),
    "component.ssrRender = ssrRender;",
    "export default component;",
  ].join("\n");
  const Drawing = await load(`${name}.mjs`, whole);
  const app = createSSRApp({ render: () => [h(Drawing), h(Drawing, { "data-mine": "1" })] });
  return renderToString(app);
}

async function svelte(name, text) {
  const made = compile(text, { generate: "server", name: "Drawing", filename: `${name}.svelte` });
  await load(`${name}-one.mjs`, made.js.code);
  const page = `<script>import Drawing from "./${name}-one.mjs";</script><Drawing /><Drawing data-mine="1" />`;
  const two = compile(page, { generate: "server", name: "Page", filename: "page.svelte" });
  return render(await load(`${name}-two.mjs`, two.js.code)).body;
}

function said(diagnostics) {
  return ts.formatDiagnostics(diagnostics, {
    getCanonicalFileName: (path) => path,
    getCurrentDirectory: () => folder,
    getNewLine: () => "\n",
  });
}

/** What the TypeScript compiler has to say of all of them, at once: its start is what costs. */
function typeErrors() {
  const paths = Object.entries(cases).map(([name, { tsx }]) => {
    const path = join(folder, `${name}.tsx`);
    writeFileSync(path, tsx);
    return path;
  });
  return said(ts.getPreEmitDiagnostics(ts.createProgram(paths, TYPES)));
}

const tools = { jsx: react, tsx: react, vue, svelte };
mkdirSync(folder, { recursive: true });
const found = {};
for (const [name, texts] of Object.entries(cases)) {
  found[name] = {};
  for (const [kind, tool] of Object.entries(tools)) {
    try {
      found[name][kind] = await tool(`${name}-${kind}`, texts[kind]);
    } catch (error) {
      found[name][kind] = { error: String(error.stack ?? error) };
    }
  }
}
process.stdout.write(JSON.stringify({ found, types: typeErrors() }));
