// A plugin in JavaScript: column names in snake_case.
//
//   migguard lint --plugin 'node docs/examples/plugins/names.mjs'
import { createInterface } from 'node:readline';

for await (const line of createInterface({ input: process.stdin })) {
  const operation = JSON.parse(line);
  if (operation.migguard) continue; // the first line: the protocol's version, and PostgreSQL's
  if (operation.kind !== 'add_column' || /^[a-z][a-z0-9_]*$/.test(operation.column)) continue;
  const name = operation.column.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  console.log(JSON.stringify({
    id: operation.id,
    rule: 'team-snake-case',
    severity: 'warning',
    message: `the column ${operation.column} of ${operation.table} must be quoted in every query`,
    why: 'names with capitals are folded to lower case unless they are quoted',
    help: `call it ${name}`,
  }));
}
