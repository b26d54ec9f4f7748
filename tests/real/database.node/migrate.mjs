// Runs the real migrators on a database, as their command lines do:
//   node migrate.mjs drizzle|drizzle-v1 SOCKET DATABASE FOLDER [SCHEMA TABLE]    (of its notes)
//   node migrate.mjs prisma SOCKET DATABASE FOLDER apply | applied NAME | rolled-back NAME | diagnose
// The last line on standard output says `done`, or `failed: ` and the tool's message.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import pg from 'pg'

const [tool, socket, database, folder, action, name] = process.argv.slice(2)
const connection = { host: socket, database, user: 'postgres' }

async function drizzle(version) {
  const { drizzle } = await import(`${version}/node-postgres`)
  const { migrate } = await import(`${version}/node-postgres/migrator`)
  const pool = new pg.Pool(connection)
  try {
    await migrate(drizzle({ client: pool }),
      { migrationsFolder: folder, migrationsSchema: action, migrationsTable: name })
  } finally {
    await pool.end()
  }
}

async function prisma() {
  const { PrismaPg } = await import('@prisma/adapter-pg')
  const utils = await import('@prisma/driver-adapter-utils')
  // As Prisma's own command line loads it: Node does not import .wasm by itself.
  const engines = await import('@prisma/schema-engine-wasm/schema_engine_bg')
  const path = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg')
  const module = new WebAssembly.Module(readFileSync(path.replace(/\.js$/, '.wasm')))
  const instance = new WebAssembly.Instance(module, { './schema_engine_bg.js': engines })
  engines.__wbg_set_wasm(instance.exports)
  instance.exports.__wbindgen_start()
  const { SchemaEngine } = engines
  const adapter = utils.bindMigrationAwareSqlAdapterFactory(new PrismaPg(connection))
  const schema = 'datasource db {\n  provider = "postgresql"\n}\n'
  const engine = await SchemaEngine.new(
    { datamodels: [['schema.prisma', schema]] }, () => {}, adapter)
  const lock = join(folder, 'migration_lock.toml')
  const directories = readdirSync(folder).sort().filter((each) => statSync(join(folder, each)).isDirectory())
  const migrationsList = {
    baseDir: resolve(folder),
    lockfile: { path: 'migration_lock.toml', content: existsSync(lock) ? readFileSync(lock, 'utf8') : null },
    shadowDbInitScript: '',
    migrationDirectories: directories.map((path) => ({
      path,
      migrationFile: {
        path: 'migration.sql',
        content: { tag: 'ok', value: readFileSync(join(folder, path, 'migration.sql'), 'utf8') },
      },
    })),
  }
  const filters = { externalTables: [], externalEnums: [] }
  if (action === 'apply') {
    await engine.applyMigrations({ migrationsList, filters })
  } else if (action === 'applied') {
    await engine.markMigrationApplied({ migrationsList, migrationName: name })
  } else if (action === 'rolled-back') {
    await engine.markMigrationRolledBack({ migrationName: name })
  } else {
    console.log(JSON.stringify(await engine.diagnoseMigrationHistory(
      { migrationsList, optInToShadowDatabase: false, filters })))
  }
}

const run = { drizzle: () => drizzle('drizzle-orm'), 'drizzle-v1': () => drizzle('drizzle-orm-v1'), prisma }
try {
  await run[tool]()
  console.log('done')
} catch (error) {
  console.log('failed: ' + String(error?.message ?? error).replaceAll('\n', ' '))
}
process.exit(0)
