// Opens one report: `node open.mjs BROWSER FILE TEXT`. Exit status 1 where a script fails, anything
// else is asked for, or the text is not to be seen.
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const [executablePath, file, text] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
const page = await browser.newPage();
const trouble = [];
page.on('pageerror', (error) => trouble.push(String(error)));
page.on('console', (message) => trouble.push(message.text()));
const url = pathToFileURL(file).href;
page.on('request', (request) => { if (request.url() !== url) trouble.push(request.url()); });
await page.goto(url);
if (!await page.getByText(text).first().isVisible()) trouble.push(`${text} is not to be seen`);
await browser.close();
for (const each of trouble) console.error(each);
process.exit(trouble.length ? 1 : 0);
