#!/usr/bin/env node
// Starts the program of this platform's package. Nothing is downloaded when it is installed: npm
// chooses the package by its `os` and `cpu`.
'use strict';
const { spawnSync } = require('node:child_process');
const { constants } = require('node:os');

const name = `@migguard/${process.platform}-${process.arch}`;
const file = process.platform === 'win32' ? 'migguard.exe' : 'migguard';

let program;
try {
  program = require.resolve(`${name}/bin/${file}`);
} catch {
  console.error(
    `migguard: the package ${name} is not installed. Either migguard is not built for this platform, or ` +
      'optional dependencies were left out (--no-optional, --omit=optional).',
  );
  process.exit(2);
}

const result = spawnSync(program, process.argv.slice(2), { stdio: 'inherit' });
if (result.error) {
  console.error(`migguard: ${program} cannot be started: ${result.error.message}`);
  process.exit(2);
}
// As a shell reports a program that a signal ended.
process.exit(result.signal ? 128 + (constants.signals[result.signal] ?? 0) : result.status);
