// Reads every format with a real parser: node check.mjs SOURCE_TREE MIGGUARD
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { createRequire } from "node:module";
import Ajv from "ajv";
import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
import { SaxesParser } from "saxes";

const [top, binary] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const fixtures = path.join(top, "fixtures/formats");

function test(name, check) {
  try {
    check();
    console.log(`ok ${name}`);
  } catch (error) {
    console.error(error.message ?? error);
    console.log(`not ok ${name}`);
  }
}

function expect(condition, complaint) {
  if (!condition) throw new Error(complaint);
}

const ajv = new Ajv({ schemaId: "auto", meta: false, allErrors: true, unknownFormats: "ignore" });
ajv.addMetaSchema(require("ajv/lib/refs/json-schema-draft-04.json"));
const package_ = path.dirname(require.resolve("@microsoft/jest-sarif/package.json"));
const schema = JSON.parse(
  fs.readFileSync(path.join(package_, "lib/schemas/sarif-2.1.0-rtm.5.json"), "utf8"));
const validSarif = ajv.compile(schema);

const readers = {
  sarif(text) {
    expect(validSarif(JSON.parse(text)), JSON.stringify(validSarif.errors, null, 1));
  },
  gitlab(text) {
    const names = JSON.parse(text).map((each) => each.fingerprint);
    expect(new Set(names).size === names.length, "fingerprints are not unique");
  },
  junit: wellFormed,
  checkstyle: wellFormed,
  markdown(text) {
    const html = micromark(text, {
      allowDangerousHtml: true, extensions: [gfm()], htmlExtensions: [gfmHtml()] });
    const known = /^<(!-- migguard-report --|\/?(details|summary|sub|span|code|pre|p|h3|strong|em|table|thead|tbody|tr|th|td)|code class="language-sql")>$/;
    for (const tag of html.match(/<[^>]*>/g)) expect(known.test(tag), `${tag} in ${html}`);
    expect(!/[^>]@\w/.test(html.replace(/<pre>.*?<\/pre>/gs, "")), "somebody is mentioned");
  },
};

function wellFormed(text) {
  const parser = new SaxesParser();
  parser.on("error", (error) => { throw error; });
  parser.write(text).close();
}

for (const [format, read] of Object.entries(readers)) {
  for (const golden of [`${format}.golden`, `${format}_nothing.golden`]) {
    test(`formats: ${golden} is read`,
         () => read(fs.readFileSync(path.join(fixtures, golden), "utf8")));
  }
}

test("formats: the schema refuses what is no SARIF", () => {
  expect(!validSarif({ version: "2.1.0", runs: [{ results: [{}] }] }), "it takes everything");
});

// A hostile project on disk, in a package of a repository, every format at once.
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "migguard-formats-"));
try {
  fs.mkdirSync(path.join(folder, ".git"));
  const project = path.join(folder, "services/api");
  const tree = JSON.parse(fs.readFileSync(path.join(fixtures, "hostile.json"), "utf8"));
  for (const [name, text] of Object.entries(tree)) {
    fs.mkdirSync(path.dirname(path.join(project, name)), { recursive: true });
    fs.writeFileSync(path.join(project, name), text);
  }
  const out = (format) => path.join(folder, `out.${format}`);
  const flags = Object.keys(readers).flatMap((each) => ["--format", `${each}=${out(each)}`]);
  const run = spawnSync(binary, ["lint", ...flags, "--format", "text"],
                        { cwd: project, encoding: "utf8" });
  test("formats: several at once, to files and standard output", () => {
    expect(run.status === 1, run.stderr);
    expect(run.stdout.includes("checked with"), run.stdout);
    expect(!/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]/.test(run.stdout), "control characters");
    const left = fs.readdirSync(folder).filter((each) => each.endsWith(".tmp"));
    expect(left.length === 0, `left behind: ${left}`);
  });
  for (const [format, read] of Object.entries(readers)) {
    test(`formats: ${format} of a hostile project is read`, () => {
      const text = fs.readFileSync(out(format), "utf8");
      read(text);
      expect(!/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/.test(text),
             "control characters");
    });
  }
  test("formats: paths are those of the repository", () => {
    const log = JSON.parse(fs.readFileSync(out("sarif"), "utf8"));
    for (const result of log.runs[0].results) {
      const { uri } = result.locations[0].physicalLocation.artifactLocation;
      expect(fs.existsSync(path.join(folder, decodeURIComponent(uri))), uri);
    }
    for (const each of JSON.parse(fs.readFileSync(out("gitlab"), "utf8"))) {
      expect(fs.existsSync(path.join(folder, each.location.path)), each.location.path);
    }
  });
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}
