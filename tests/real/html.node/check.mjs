// Opens audits in a browser and looks at them: what stands there, filters, folding, copying, light
// and dark, print, 800 migrations, and a project that wants to be more than text.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const [top, binary, executablePath] = process.argv.slice(2);
const work = join(top, 'build/html.node/work');
const shots = join(top, 'build/html.node');
rmSync(work, { recursive: true, force: true });
mkdirSync(work, { recursive: true });

let bad = 0;
const test = async (name, body) => {
  try {
    await body();
    console.log(`ok html: ${name}`);
  } catch (error) {
    bad++;
    console.log(`not ok html: ${name}`);
    console.error(String(error.stack ?? error).split('\n').slice(0, 12).join('\n'));
  }
};
const expect = (truth, what) => {
  if (!truth) throw new Error(what);
};
const equal = (actual, expected, what) =>
  expect(actual === expected, `${what}: ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`);

// A report of a project; its findings as JSON beside it.
const audit = (project, name, ...flags) => {
  const page = join(work, `${name}.html`);
  const json = join(work, `${name}.json`);
  try {
    execFileSync(binary, ['audit', project, '--format', `html=${page}`, '--format', `json=${json}`,
      '--quiet', ...flags], { cwd: top, stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (error) {
    if (error.status !== 1) throw error;
  }
  return { page, url: pathToFileURL(page).href, findings: JSON.parse(readFileSync(json, 'utf8')) };
};
const write = (path, text) => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
};

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });

// A page in which nothing may go wrong: no error, no message, no request but for itself.
const open = async (url, options = {}) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.trouble = [];
  page.on('pageerror', (error) => page.trouble.push(`error: ${error.message}`));
  page.on('console', (message) => page.trouble.push(`console: ${message.text()}`));
  page.on('dialog', (dialog) => { page.trouble.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on('request', (request) => {
    if (request.url().split('#')[0] !== url.split('#')[0]) page.trouble.push(`request: ${request.url()}`);
  });
  await page.goto(url, { waitUntil: 'load' });
  return page;
};
const calm = (page) => equal(page.trouble.join('; '), '', 'trouble on the page');
const visible = (page) => page.locator('.finding:visible').count();

const untracked = audit('fixtures/projects/untracked-history', 'untracked');

await test('shows the verdict, the counts and every open finding', async () => {
  const page = await open(untracked.url);
  const { summary, findings } = untracked.findings;
  expect((await page.locator('#verdict').textContent()).includes(`${summary.errors} errors`), 'no verdict');
  const tiles = await page.locator('.tile strong').allTextContents();
  equal(tiles[0], String(summary.errors), 'errors');
  equal(tiles[1], String(summary.warnings), 'warnings');
  equal(await visible(page), findings.filter((each) => each.status === 'open').length, 'findings');
  for (const id of ['plan', 'time-line', 'journals', 'destructive', 'jsonb', 'tables', 'findings', 'rules']) {
    equal(await page.locator(`section#${id}`).count(), 1, `section ${id}`);
  }
  await page.screenshot({ path: join(shots, 'light.png') });
  await page.screenshot({ path: join(shots, 'light-whole.png'), fullPage: true });
  calm(page);
  await page.context().close();
});

await test('leads every finding to its place, its migration and its rule', async () => {
  const page = await open(untracked.url);
  const broken = await page.evaluate(() => [...document.querySelectorAll('a[href^="#"], a[href]')]
    .map((link) => link.getAttribute('href'))
    .filter((href) => !href.startsWith('#') || !document.getElementById(decodeURIComponent(href.slice(1)))));
  equal(broken.join(' '), '', 'links that lead nowhere');
  equal(await page.evaluate(() => {
    const ids = [...document.querySelectorAll('[id]')].map((each) => each.id);
    return ids.filter((id, index) => ids.indexOf(id) !== index).join(' ');
  }), '', 'ids that stand twice');
  for (const chapter of await page.locator('.chapter').all()) {
    expect(await chapter.locator('h3 a.rule[href^="#rule-"]').count() === 1, 'a chapter without its rule');
  }
  const marked = await page.locator('#chapter-drop-column mark').first().textContent();
  equal(marked, 'DROP COLUMN "currency"', 'what is to blame');
  calm(page);
  await page.context().close();
});

await test('makes a mismatch of the journal jump out', async () => {
  const page = await open(untracked.url);
  const wrong = page.locator('table.journal tr.wrong');
  expect(await wrong.count() >= 10, 'no rows are wrong');
  const [colour, plain] = await page.evaluate(() => [
    getComputedStyle(document.querySelector('tr.wrong td')).backgroundColor,
    getComputedStyle(document.body).backgroundColor]);
  expect(colour !== plain && colour !== 'rgba(0, 0, 0, 0)', `a wrong row looks like any other: ${colour}`);
  await page.locator('#journals').screenshot({ path: join(shots, 'journals.png') });
  await page.context().close();
});

await test('filters by text, severity and family, and counts', async () => {
  const page = await open(untracked.url);
  const open_findings = untracked.findings.findings.filter((each) => each.status === 'open');
  await page.getByLabel('Search').fill('currency');
  await page.waitForFunction(() => document.getElementById('shown').textContent.includes(' of '));
  const found = await visible(page);
  expect(found > 0 && found < open_findings.length, `${found} found`);
  await page.getByLabel('Search').fill('');
  await page.getByRole('checkbox', { name: 'error' }).uncheck();
  await page.waitForFunction((all) => document.querySelectorAll('.finding:not([hidden])').length < all, open_findings.length);
  equal(await visible(page), open_findings.filter((each) => each.severity !== 'error').length, 'without errors');
  await page.getByRole('checkbox', { name: 'error' }).check();
  await page.getByLabel('Family').selectOption('jsonb');
  await page.waitForFunction(() => document.querySelector('.finding[data-family=history]').hidden);
  equal(await visible(page), open_findings.filter((each) => each.family === 'jsonb').length, 'of jsonb');
  // A link to what is filtered out shows it all the same.
  await page.locator('table.journal tr.wrong a[href^="#f-"]').first().click();
  await page.waitForFunction(() => !document.querySelector(':target').hidden && document.querySelector('#filters').elements.family.value === '');
  calm(page);
  await page.context().close();
});

await test('copies SQL', async () => {
  const page = await open(untracked.url);
  const block = page.locator('#plan .code').first();
  await block.getByRole('button').click();
  await page.waitForFunction(() => [...document.querySelectorAll('.copy')].some((each) => each.textContent === 'Copied'));
  calm(page);
  await page.context().close();
});

// Contrast of two colours as WCAG 2.1 counts it.
const contrast = ([a, b]) => {
  const luminance = (colour) => {
    const [red, green, blue] = colour.match(/[\d.]+/g).slice(0, 3).map((each) => {
      const part = Number(each) / 255;
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
};

for (const colorScheme of ['light', 'dark']) {
  await test(`can be read in the ${colorScheme}`, async () => {
    const page = await open(untracked.url, { colorScheme });
    const back = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    equal(contrast([back, 'rgb(0, 0, 0)']) > 10, colorScheme === 'light', 'the background');
    const pairs = await page.evaluate(() => {
      const behind = (each) => {
        for (let node = each; node; node = node.parentElement) {
          const colour = getComputedStyle(node).backgroundColor;
          if (colour !== 'rgba(0, 0, 0, 0)') return colour;
        }
        return 'rgb(255, 255, 255)';
      };
      const pieces = ['body', 'a', '.remark', '.badge.error', '.badge.warning', '.badge.note', '.tile span',
        'td.missing', 'td.there', 'tr.wrong td', 'tr.wrong a', 'pre code', '.source .line', 'mark', '.copy', 'summary', '.at'];
      return pieces.map((piece) => document.querySelector(piece) && [piece, getComputedStyle(document.querySelector(piece)).color, behind(document.querySelector(piece))]).filter(Boolean);
    });
    expect(pairs.length > 12, 'too few pieces to look at');
    for (const [piece, colour, ground] of pairs) {
      expect(contrast([colour, ground]) >= 4.5, `${piece}: ${colour} on ${ground} is ${contrast([colour, ground]).toFixed(2)}`);
    }
    await page.screenshot({ path: join(shots, `${colorScheme}.png`) });
    await page.context().close();
  });
}

await test('is a document to a screen reader and a keyboard', async () => {
  const page = await open(untracked.url);
  equal(await page.locator('h1').count(), 1, 'headings of the first level');
  for (const name of ['banner', 'main', 'contentinfo']) {
    expect(await page.getByRole(name).count() >= 1 || name === 'banner', `no landmark ${name}`);
  }
  equal(await page.locator('table:not(:has(thead th[scope=col]))').count(), 0, 'tables without headings');
  equal(await page.locator('section:not([aria-labelledby])').count(), 0, 'sections without a name');
  await page.keyboard.press('Tab');
  equal(await page.evaluate(() => document.activeElement.className), 'skip', 'the first stop');
  const stops = new Set();
  for (let at = 0; at < 25; at++) {
    await page.keyboard.press('Tab');
    stops.add(await page.evaluate(() => document.activeElement.outerHTML.slice(0, 80)));
  }
  expect(stops.size > 15, 'the keyboard is caught');
  calm(page);
  await page.context().close();
});

await test('works without its script, on paper and on a phone', async () => {
  const page = await open(untracked.url, { javaScriptEnabled: false });
  equal(await page.locator('#filters:visible').count(), 0, 'filters that do nothing');
  equal(await visible(page), untracked.findings.findings.filter((each) => each.status === 'open').length, 'findings');
  await page.context().close();
  const paper = await open(untracked.url);
  await paper.emulateMedia({ media: 'print' });
  equal(await paper.locator('nav:visible, #filters:visible, .copy:visible').count(), 0, 'controls on paper');
  // A4 between Chromium's margins.
  await paper.setViewportSize({ width: 717, height: 1000 });
  const beyond = await paper.evaluate(() => [...document.querySelectorAll('table, pre, p')]
    .filter((each) => each.getBoundingClientRect().right > innerWidth + 1).length);
  equal(beyond, 0, 'what is cut off at the right of the paper');
  await paper.pdf({ path: join(work, 'print.pdf') });
  expect(statSync(join(work, 'print.pdf')).size > 10000, 'nothing on paper');
  await paper.context().close();
  const phone = await open(untracked.url, { viewport: { width: 390, height: 800 } });
  const [wide, view] = await phone.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  expect(wide <= view + 1, `the page is ${wide} wide on a phone of ${view}`);
  await phone.screenshot({ path: join(shots, 'phone.png') });
  await phone.context().close();
});

await test('takes what has long been applied as history', async () => {
  const project = join(work, 'applied');
  cpSync(join(top, 'fixtures/projects/untracked-history'), project, { recursive: true });
  write(join(project, 'migguard.json'), '{"appliedThrough": "0008_add_quote_versions"}');
  const { url, findings } = audit(project, 'applied');
  const page = await open(url);
  const answered = findings.findings.filter((each) => each.status !== 'open');
  expect(answered.length > 0, 'nothing is history');
  equal(await page.locator('#answered tbody tr').count(), answered.length, 'answered');
  expect(await page.locator('#destructive tr.history').count() > 0, 'what was destroyed long ago is an alarm');
  expect((await page.locator('#time-line').textContent()).includes('Applied through'), 'nobody says so');
  calm(page);
  await page.context().close();
});

await test('is fluid with 800 migrations', async () => {
  const project = join(work, 'long');
  for (let number = 1; number <= 800; number++) {
    const name = String(number).padStart(4, '0');
    write(join(project, 'migrations', `${name}_step.sql`),
      number % 4 === 0 ? `ALTER TABLE t${number - 1} DROP COLUMN b;\nCREATE INDEX i${number} ON t${number - 1} (a);\n`
        : `CREATE TABLE t${number} (id bigint PRIMARY KEY, a int, b text, metadata jsonb);\nINSERT INTO t${number} (metadata) VALUES ('{"unitPrice": 12.5}');\n`);
  }
  const { page: file, url, findings } = audit(project, 'long');
  const began = performance.now();
  const page = await open(url);
  const loaded = performance.now() - began;
  equal(await page.locator('table.migrations tbody tr').count(), 800, 'migrations');
  const filtering = await page.evaluate(async () => {
    const started = performance.now();
    const field = document.querySelector('#filters').elements.text;
    field.value = 't399';
    field.dispatchEvent(new Event('input', { bubbles: true }));
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    return performance.now() - started;
  });
  const found = await visible(page);
  expect(found > 0 && found < 10, `${found} found for t399`);
  console.error(`html: ${findings.findings.length} findings, ${(statSync(file).size / 1e6).toFixed(1)} MB, ` +
    `open after ${loaded.toFixed(0)} ms, filtered after ${filtering.toFixed(0)} ms`);
  expect(loaded < 10000, `opened after ${loaded} ms`);
  expect(filtering < 1500, `filtered after ${filtering} ms`);
  await page.screenshot({ path: join(shots, 'long.png') });
  calm(page);
  await page.context().close();
});

await test('keeps a hostile project mere text', async () => {
  const project = join(work, 'hostile');
  const files = JSON.parse(readFileSync(join(top, 'fixtures/formats/hostile.json'), 'utf8'));
  for (const [path, text] of Object.entries(files)) write(join(project, path), text);
  const breakout = '</title></script></style><script>alert(1)</script><svg onload=alert(1)><base href=http://evil.example>';
  write(join(project, 'drizzle/0007_x.sql'), `DROP TABLE "${breakout}";\nALTER TABLE "javascript:alert(1)" DROP COLUMN "' onclick='alert(1)";\n`);
  const { url } = audit(project, 'hostile', '--preset', 'all');
  const page = await open(url);
  equal(await page.locator('script').count(), 1, 'scripts');
  equal(await page.locator('style').count(), 1, 'style sheets');
  equal(await page.locator('img, base, iframe, object, embed, form:not(#filters), svg:not(.bars), link').count(), 0, 'elements');
  const odd = await page.evaluate(() => [...document.querySelectorAll('*')].flatMap((each) => [...each.attributes]
    .filter((attribute) => attribute.name.startsWith('on') || /^\s*(javascript|data|http)/i.test(attribute.name === 'href' || attribute.name === 'src' ? attribute.value : ''))
    .map((attribute) => `${each.tagName} ${attribute.name}`)));
  equal(odd.join(' '), '', 'attributes');
  expect((await page.content()).includes('&lt;script&gt;alert(1)&lt;/script&gt;'), 'the names are not shown');
  for (const block of await page.locator('.finding').all()) await block.click({ position: { x: 2, y: 2 } });
  // Even if markup came through, the policy would not run it.
  const ran = await page.evaluate(async () => {
    const script = document.createElement('script');
    script.textContent = 'window.ran = true';
    document.body.append(script);
    await new Promise((done) => setTimeout(done, 50));
    return Boolean(window.ran);
  });
  equal(ran, false, 'the policy lets other scripts run');
  equal(page.trouble.filter((each) => !each.includes('Content Security Policy') && !each.includes('Content-Security-Policy')).join('; '), '', 'trouble');
  await page.context().close();
});

await test('shows what a real server made, as text whatever it says', async () => {
  const project = join(work, 'ran');
  const name = '<script>alert(1)</script>';
  write(join(project, 'migrations/000001_users.up.sql'),
    `CREATE TABLE users (id bigint PRIMARY KEY, email text, "${name}" int);\n`);
  write(join(project, 'migrations/000001_users.down.sql'),
    `DO $$ BEGIN RAISE EXCEPTION '<img src=x onerror=alert(2)>' USING DETAIL = '</section>${name}'; END $$;\n`);
  write(join(project, 'migrations/000002_index.up.sql'),
    `ALTER TABLE users DROP COLUMN "${name}";\nCREATE INDEX e ON users (email);\n`);
  write(join(project, 'migrations/000002_index.down.sql'), 'SELECT 1;\n');
  let made;
  try {
    made = audit(project, 'ran', '--verify');
  } catch (error) {
    // A machine without a server is no defect.
    if (String(error.stderr).includes('initdb')) return;
    throw error;
  }
  for (const colorScheme of ['light', 'dark']) {
    const page = await open(made.url, { colorScheme });
    await page.locator('nav a[href="#verification"]').click();
    const section = page.locator('#verification');
    const text = await section.textContent();
    for (const piece of ['rollback-incomplete', 'rollback-fails', 'leaves behind the index e of users',
      `the column "${name}" of users`, '<img src=x onerror=alert(2)>', 'SQLSTATE P0001', 'ACCESS EXCLUSIVE']) {
      expect(text.includes(piece), `no ${piece}`);
    }
    equal(await section.locator('td.there').count(), 2, 'migrations that are applied');
    equal(await section.locator('script, img').count(), 0, 'elements that the project made');
    equal(await section.locator('tbody th a[href^="#m-"]').count() >= 2, true, 'links to the migrations');
    await section.screenshot({ path: join(shots, `verification-${colorScheme}.png`) });
    calm(page);
    await page.context().close();
  }
});

await browser.close();
process.exit(bad ? 1 : 0);
