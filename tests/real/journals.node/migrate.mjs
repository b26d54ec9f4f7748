// Runs the real migrators on a database, as their command lines do:
//   node migrate.mjs drizzle SOCKET DATABASE FOLDER    (the drizzle-orm that lies beside this file)
//   node migrate.mjs prisma SOCKET DATABASE FOLDER [APPLIED]    (first marks that one as applied)
// The last line on standard output says `done`, or `failed: ` and the tool's message.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import pg from 'pg'

const [tool, socket, database, folder, applied] = process.argv.slice(2)
const connection = { host: socket, database, user: 'postgres' }

async function drizzle() {
  const { drizzle } = await import('drizzle-orm/node-postgres')
  const { migrate } = await import('drizzle-orm/node-postgres/migrator')
  const pool = new pg.Pool(connection)
  try {
    await migrate(drizzle({ client: pool }), { migrationsFolder: folder })
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
  const adapter = utils.bindMigrationAwareSqlAdapterFactory(new PrismaPg(connection))
  const schema = 'datasource db {\n  provider = "postgresql"\n}\n'
  const engine = await engines.SchemaEngine.new(
    { datamodels: [['schema.prisma', schema]] }, () => {}, adapter)
  const lock = join(folder, 'migration_lock.toml')
  const directories = readdirSync(folder).sort().filter((each) => statSync(join(folder, each)).isDirectory())
  const script = (each) => {
    const file = join(folder, each, 'migration.sql')
    return existsSync(file) ? { tag: 'ok', value: readFileSync(file, 'utf8') }
      : { tag: 'error', value: 'not found' }
  }
  const migrationsList = {
    baseDir: resolve(folder),
    lockfile: { path: 'migration_lock.toml', content: existsSync(lock) ? readFileSync(lock, 'utf8') : null },
    shadowDbInitScript: '',
    migrationDirectories: directories.map((each) => (
      { path: each, migrationFile: { path: 'migration.sql', content: script(each) } })),
  }
  // As `prisma migrate resolve --applied` does.
  if (applied) await engine.markMigrationApplied({ migrationsList, migrationName: applied })
  await engine.applyMigrations({
    migrationsList,
    filters: { externalTables: [], externalEnums: [] },
  })
}

try {
  await (tool === 'prisma' ? prisma() : drizzle())
  console.log('done')
} catch (error) {
  console.log('failed: ' + String(error?.cause?.message ?? error?.message ?? error).replaceAll('\n', ' '))
}
process.exit(0)
