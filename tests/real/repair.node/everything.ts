// One of everything that drizzle-orm can declare for PostgreSQL.
import { sql } from 'drizzle-orm';
import { pgTable, pgEnum, pgSchema, pgSequence, pgView, pgMaterializedView, pgPolicy, pgRole, serial, bigserial, smallserial, text, integer, bigint, smallint, numeric, real, doublePrecision, boolean, varchar, char, json, jsonb, timestamp, date, time, interval, uuid, inet, cidr, macaddr, point, line, bit, vector, customType, index, uniqueIndex, unique, primaryKey, foreignKey, check } from 'drizzle-orm/pg-core';

export const role = pgEnum('role', ['admin', 'member']);
export const app = pgSchema('app');
export const kind = app.enum('kind', ['a', 'b']);
export const numbers = pgSequence('numbers', { startWith: 100, increment: 5, minValue: 1, maxValue: 10000, cache: 2, cycle: true });
export const plainNumbers = pgSequence('plain_numbers');
export const reader = pgRole('reader', { createDb: true, inherit: false });
const citext = customType<{ data: string }>({ dataType() { return 'citext'; } });
const tsvector = customType<{ data: string }>({ dataType() { return 'tsvector'; } });

export const users = pgTable('users', {
  id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  other: integer('other').generatedByDefaultAsIdentity({ name: 'other_numbers', startWith: 7, increment: 2 }),
  small: smallint('small').notNull().default(3),
  big: bigint('big', { mode: 'number' }).default(0),
  ratio: doublePrecision('ratio').default(-1.5),
  half: real('half'),
  price: numeric('price', { precision: 12, scale: 4 }).default('0'),
  count: numeric('count', { precision: 10 }),
  any: numeric('any'),
  flag: boolean('flag').notNull().default(false),
  name: varchar('name', { length: 255 }).notNull(),
  free: varchar('free'),
  code: char('code', { length: 3 }).default('NZD'),
  data: jsonb('data').notNull().default({ a: 1, b: [true, null] }),
  raw: json('raw'),
  at: timestamp('at').defaultNow().notNull(),
  atTz: timestamp('at_tz', { withTimezone: true, precision: 3 }),
  atText: timestamp('at_text', { mode: 'string', precision: 6 }),
  day: date('day').default('2025-01-01'),
  clock: time('clock', { precision: 3 }),
  clockTz: time('clock_tz', { withTimezone: true }),
  span: interval('span', { fields: 'day to second', precision: 3 }),
  key: uuid('key').defaultRandom(),
  ip: inet('ip'), net: cidr('net'), mac: macaddr('mac'),
  spot: point('spot'), edge: line('edge'), bits: bit('bits', { dimensions: 4 }),
  meaning: vector('meaning', { dimensions: 3 }),
  email: citext('email').notNull().unique(),
  words: tsvector('words').generatedAlwaysAs(sql`to_tsvector('english', name || ')' )`),
  role: role('role').notNull().default('member'),
  roles: role('roles').array().default(['admin']),
  kind: kind('kind').default('a'),
  tags: text('tags').array().notNull().default(sql`'{}'::text[]`),
  grid: integer('grid').array().array(),
  quote: text('quote').default(`it's "quoted"`),
  expression: text('expression').default(sql`lower('X')`),
  nick: text('nick').unique('nick_once', { nulls: 'not distinct' }),
}, (t) => [
  index('users_name_idx').on(t.name),
  index('users_desc_idx').on(t.at.desc(), t.name.asc().nullsFirst()),
  index('users_desc_first_idx').on(t.at.desc().nullsFirst()),
  index('users_lower_idx').on(sql`lower(${t.name})`, t.free),
  index('users_gin_idx').using('gin', t.data),
  index('users_ops_idx').using('gin', t.data.op('jsonb_path_ops')),
  index('users_hnsw_idx').using('hnsw', t.meaning.op('vector_cosine_ops')).with({ m: 16, ef_construction: 64 }),
  uniqueIndex('users_part_idx').on(t.name).where(sql`${t.flag} = true and (${t.small} > 0)`),
  check('small_positive', sql`${t.small} > 0`),
  check('two', sql`(${t.small} > 0) and (${t.big} < 5)`),
  unique('pair').on(t.name, t.code),
  pgPolicy('own', { as: 'restrictive', for: 'select', to: ['reader', 'public'], using: sql`(select current_user) = ${t.name}`, withCheck: sql`true` }),
  pgPolicy('all'),
]).enableRLS();
export const pairs = pgTable('pairs', { a: integer('a').notNull(), b: integer('b').notNull(), userId: bigint('user_id', { mode: 'number' }).references(() => users.id, { onDelete: 'set null', onUpdate: 'cascade' }) }, (t) => [primaryKey({ columns: [t.a, t.b] })]);
export const children = app.table('children', { id: smallserial('id').primaryKey(), a: integer('a'), b: integer('b'), at: bigserial('at', { mode: 'number' }) }, (t) => [foreignKey({ columns: [t.a, t.b], foreignColumns: [pairs.a, pairs.b] })]);
export const grand = pgTable('grand', { id: serial('id').primaryKey(), child: integer('child').references(() => children.id) });
export const locked = pgTable('locked', { id: text('id').primaryKey() }).enableRLS();
export const view = pgView('names').as((q) => q.select({ id: users.id, name: users.name }).from(users).where(sql`${users.flag}`));
export const view2 = pgView('counted', { n: integer('n') }).with({ securityInvoker: true, checkOption: 'cascaded' }).as(sql`select count(*)::int as n from ${users}`);
export const mat = pgMaterializedView('sums').withNoData().as((q) => q.select({ a: pairs.a }).from(pairs));
