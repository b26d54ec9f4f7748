#include "wording.hpp"

#include <algorithm>
#include <cctype>

namespace migguard::rules {
namespace {

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '"';
}

std::string on_one_line(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; };
  const auto has = [&](auto piece) { return text.find(piece) != text.npos; };
  // Most clauses stand on one line, with one space between words: copied in one piece.
  const bool all = !text.empty() && !is_space(text.front()) && !has('\n') && !has('\t') &&
                   !has('\r') && !has("  ");
  std::string line;
  line.reserve(text.size() + 1);  // most get a semicolon
  if (all) {
    line = text;
  } else {
    for (auto at = text.begin(); at != text.end();) {
      const auto word = std::find_if_not(at, text.end(), is_space);
      if (word != at && !line.empty()) line += ' ';
      at = std::find_if(word, text.end(), is_space);
      line.append(word, at);
    }
  }
  while (!line.empty() && (line.back() == ' ' || line.back() == ';')) line.pop_back();
  return line;
}

std::string text_at(const Context& ctx, Span span) {
  const std::string_view text = ctx.migration().source->text;
  if (span.end > text.size() || span.begin >= span.end) return {};
  return on_one_line(text.substr(span.begin, span.end - span.begin));
}

}  // namespace

std::string source_of(const Context& ctx, const Node& op) { return text_at(ctx, ctx.locate(op)); }

std::string source_of(const Context& ctx, const Statement& statement) {
  return text_at(ctx, statement.span);
}

std::string with_word(const Context& ctx, const Node& op, std::string_view behind,
                      std::string_view word) {
  std::string text = text_at(ctx, op.within == Within::statement ? ctx.statement().span : op.span);
  // A letter in upper case; other characters of a keyword there are none.
  const auto same_letter = [](char keyword, char c) { return keyword == (c & ~0x20); };
  for (std::size_t at = 0; !behind.empty() && at + behind.size() <= text.size(); ++at) {
    const bool same =
        std::equal(behind.begin(), behind.end(), text.begin() + static_cast<long>(at), same_letter);
    const std::size_t end = at + behind.size();
    if (!same || (at > 0 && is_word(text[at - 1])) || (end < text.size() && is_word(text[end])))
      continue;
    text.insert(end, cat(" ", word));
    break;
  }
  text += ';';
  return text;
}

namespace {

// Where the tool cannot run a statement outside a transaction at all.
std::string by_hand(std::string_view sql, Turn turn, std::string_view deployment) {
  const std::string_view lenient = sql.starts_with("CREATE") ? "IF NOT EXISTS"
                                   : sql.starts_with("DROP") ? "IF EXISTS"
                                                             : "IF NOT EXISTS, IF EXISTS";
  if (turn == Turn::first)
    return cat("run it with psql before ", deployment,
               ", and write the migration so that it finds it done (", lenient, ")");
  return cat("take it out of this migration, run it with psql ",
             turn == Turn::after
                 ? cat("after ", deployment)
                 : cat("after this migration and before the release whose code counts on it "
                       "(INSERT ... ON CONFLICT fails without it)"),
             ", and put it into the next migration with ", lenient,
             sql.find("CONCURRENTLY") == sql.npos ? "" : " instead of CONCURRENTLY",
             ", for databases that are made anew");
}

}  // namespace

bool is_new_column(const Context& ctx, const Name& table, std::string_view column) {
  const Relation* relation = ctx.schema().relation(table).known();
  const Column* known = relation ? relation->column(column) : nullptr;
  return known && (ctx.schema().is_new(*known) || ctx.schema().is_named_anew(*known));
}

namespace {

// Whether an earlier statement of the migration gives one of the columns another type: an index
// built before would be built again.
bool retyped(const Context& ctx, const Name& table, List<Text> columns) {
  for (const Statement& statement : ctx.statements_naming(table.name)) {
    if (&statement == &ctx.statement()) break;
    for (const Op& op : statement.ops) {
      const auto* change = std::get_if<ChangeType>(&op);
      if (change && change->table.name == table.name &&
          std::find(columns.begin(), columns.end(), change->column) != columns.end())
        return true;
    }
  }
  return false;
}

// Whether an earlier statement of the migration changes rows of the table: before a unique index,
// to make them unique.
bool rows_seen_to(const Context& ctx, const Name& table) {
  const Relation* wanted = ctx.schema().relation(table).known();
  for (const Statement& statement : ctx.statements_naming(table.name)) {
    if (&statement == &ctx.statement()) break;
    for (const Op& op : statement.ops) {
      const auto* update = std::get_if<Update>(&op);
      const auto* remove = std::get_if<Delete>(&op);
      const Name* changed = update ? &update->table : remove ? &remove->table : nullptr;
      if (changed && wanted && ctx.schema().relation(*changed).known() == wanted) return true;
    }
  }
  return false;
}

}  // namespace

Turn turn_of_index(const Context& ctx, const Name& table, List<Text> columns, bool unique) {
  const Relation* relation = ctx.schema().relation(table).known();
  const bool needs_this = ctx.is_new_or_temporary(table) ||
                          (relation && ctx.schema().is_named_anew(*relation)) ||
                          (unique && rows_seen_to(ctx, table)) || retyped(ctx, table, columns) ||
                          std::any_of(columns.begin(), columns.end(),
                                      [&](Text each) { return is_new_column(ctx, table, each); });
  return !needs_this ? Turn::first : unique ? Turn::before_code : Turn::after;
}

namespace {

// Whether an earlier statement of the migration makes what an index may be built with: the
// extension of an operator class, or a function that it calls.
bool made_with(const Context& ctx, const CreateIndex& op) {
  constexpr std::size_t nearby = 256;  // statements: long files stay linear
  const auto calls = [&](const Expression& expression, const Name& name) {
    return std::any_of(expression.functions.begin(), expression.functions.end(),
                       [&](const FunctionCall& each) { return each.name.name == name.name; });
  };
  const bool foreign_class =
      std::any_of(op.columns.begin(), op.columns.end(),
                  [](const IndexColumn& each) { return !each.operator_class.empty(); });
  const bool any_call = !op.where.functions.empty() ||
                        std::any_of(op.columns.begin(), op.columns.end(), [](const auto& each) {
                          return !each.expression->functions.empty();
                        });
  if (!foreign_class && !any_call) return false;
  const List<Statement> all = ctx.migration().script.statements;
  const auto here = static_cast<std::size_t>(&ctx.statement() - all.data());
  for (std::size_t at = here > nearby ? here - nearby : 0; at < here; ++at) {
    for (const Op& each : all[at].ops) {
      if (std::holds_alternative<CreateExtension>(each)) return true;
      const auto* function = std::get_if<CreateFunction>(&each);
      if (function && (calls(op.where, function->function) ||
                       std::any_of(op.columns.begin(), op.columns.end(), [&](const auto& column) {
                         return calls(column.expression, function->function);
                       })))
        return true;
    }
  }
  return false;
}

}  // namespace

Turn turn_of_index(const Context& ctx, const CreateIndex& op) {
  if (made_with(ctx, op)) return op.unique ? Turn::before_code : Turn::after;
  std::vector<Text> columns(op.include.begin(), op.include.end());
  columns.insert(columns.end(), op.where.columns.begin(), op.where.columns.end());
  for (const IndexColumn& each : op.columns) {
    columns.push_back(each.name);
    columns.insert(columns.end(), each.expression->columns.begin(), each.expression->columns.end());
  }
  return turn_of_index(ctx, op.table, columns, op.unique);
}

const Index* dropped_twin(const Context& ctx, const Name& table, List<Text> columns) {
  const Relation* relation = ctx.schema().relation(table).known();
  if (!relation) return nullptr;
  // Values of another type need another index.
  for (const Statement& statement : ctx.statements_naming(table.name))
    for (const Op& op : statement.ops)
      if (const auto* change = std::get_if<ChangeType>(&op);
          change && std::find(columns.begin(), columns.end(), change->column) != columns.end())
        return nullptr;
  for (const Index& each : relation->lost_keys)
    if (each.dropped.migration == ctx.schema().current_migration() && !each.constraint.empty() &&
        same(each.columns, columns))
      return &each;
  return nullptr;
}

std::string keep_twin(const Index& twin, std::string_view table, std::string_view constraint) {
  const std::string old_name = quote_identifier(twin.constraint);
  if (old_name == constraint)
    return "leave it in place: this migration drops it and builds it anew";
  return cat(
      "rename the constraint that this migration drops, instead of building it anew:\n"
      "ALTER TABLE ",
      table, " RENAME CONSTRAINT ", old_name, " TO ", constraint, ";");
}

std::string index_name(const CreateIndex& op) {
  if (!op.index.empty()) return quote_identifier(op.index);
  std::string columns;
  for (const IndexColumn& each : op.columns)
    columns +=
        cat(columns.empty() ? "" : ", ",
            each.name.empty() ? std::string(each.expression->text) : quote_identifier(each.name));
  return cat("the index on (", columns, ")");
}

std::string row_key(const Context& ctx, const Name& table) {
  if (const Relation* relation = ctx.schema().relation(table).known()) {
    for (const Constraint& each : relation->constraints) {
      if (each.kind != ConstraintKind::primary_key || each.columns.empty()) continue;
      std::string key;
      for (const Text column : each.columns)
        key += cat(key.empty() ? "" : ", ", quote_identifier(column));
      return each.columns.size() == 1 ? key : cat("(", key, ")");
    }
  }
  return "ctid";
}

std::string outside_transaction(const Context& ctx, std::string_view sql, Turn turn) {
  const TransactionMode mode = ctx.migration().transaction;
  if (mode == TransactionMode::autocommit)
    return cat(ctx.in_transaction() ? "run it outside the transaction:\n" : "run:\n", sql);
  switch (ctx.history().tool) {
    case Tool::drizzle:
    case Tool::drizzle_v1:
      return cat("Drizzle runs every pending migration in one transaction, so ",
                 by_hand(sql, turn, "the deployment"), ":\n", sql);
    case Tool::prisma:
      return cat(
          "give each such statement a migration of its own (`prisma migrate dev --create-only`): "
          "Prisma sends a file as one query, and a single statement runs without a "
          "transaction:\n",
          sql);
    case Tool::supabase:
      return cat("Supabase wraps every file in a transaction, so ",
                 by_hand(sql, turn, "`supabase db push`"), ":\n", sql);
    case Tool::flyway:
      return cat(
          "give each such statement a migration of its own, which Flyway then runs without a "
          "transaction:\n",
          sql);
    case Tool::golang_migrate:
      return cat(
          "give each such statement a migration of its own: a file of one statement runs without a "
          "transaction:\n",
          sql);
    case Tool::goose:
      return cat(
          "put it into a migration of its own that opts out of the transaction:\n"
          "-- +goose NO TRANSACTION\n-- +goose Up\n",
          sql);
    case Tool::dbmate:
      return cat(
          "give each such statement a migration of its own that opts out of the transaction:\n"
          "-- migrate:up transaction:false\n",
          sql);
    case Tool::sqlx:
      return cat(
          "give each such statement a migration of its own that opts out of the transaction in its "
          "first line:\n-- no-transaction\n",
          sql);
    case Tool::diesel:
      return cat(
          "give each such statement a migration of its own whose metadata.toml says "
          "`run_in_transaction = false`:\n",
          sql);
    case Tool::node_pg_migrate:
      return cat("run it in a JavaScript migration of its own that calls `pgm.noTransaction()`:\n",
                 sql);
    case Tool::sql_migrate:
      return cat(
          "put it into a migration of its own that opts out of the transaction:\n"
          "-- +migrate Up notransaction\n",
          sql);
    case Tool::atlas:
      return cat(
          "put it into a migration of its own that opts out of the transaction:\n"
          "-- atlas:txmode none\n\n",
          sql);
    default:
      return cat("run it in a file of its own, outside a transaction:\n", sql);
  }
}

std::string_view behind_by_hand(const Context& ctx) {
  const Tool tool = ctx.history().tool;
  const bool by_hand =
      ctx.migration().transaction != TransactionMode::autocommit &&
      (tool == Tool::drizzle || tool == Tool::drizzle_v1 || tool == Tool::supabase);
  return by_hand ? "\n-- and behind it, in the migration that finds it done\n"
                 : "\n-- then, in a transaction of its own\n";
}

std::string in_two_transactions(const Context& ctx, std::string_view imperative,
                                std::string_view first, std::string_view second) {
  const TransactionMode mode = ctx.migration().transaction;
  std::string_view between;
  if (mode == TransactionMode::all_pending) {
    between = "-- in a migration that is deployed later: all that is pending is one transaction\n";
  } else if (mode != TransactionMode::autocommit) {
    between = "-- in the next migration\n";
  } else if (ctx.in_transaction()) {
    between = "-- in a transaction of its own\n";
  }
  return cat(imperative, ":\n", first, "\n", between, second);
}

std::string constraint_name(const Name& table, const ConstraintDefinition& constraint) {
  if (!constraint.name.empty()) return quote_identifier(constraint.name);
  std::string name(table.name);
  if (constraint.kind == ConstraintKind::primary_key) return quote_identifier(cat(name, "_pkey"));
  if (constraint.kind == ConstraintKind::check) {
    const auto& columns = constraint.check->columns;
    const bool one =
        !columns.empty() && std::all_of(columns.begin(), columns.end(),
                                        [&](Text each) { return each == columns.front(); });
    return quote_identifier(one ? cat(name, "_", columns.front(), "_check") : cat(name, "_check"));
  }
  for (const Text column : constraint.columns) name += cat("_", column);
  switch (constraint.kind) {
    case ConstraintKind::foreign_key:
      return quote_identifier(cat(name, "_fkey"));
    case ConstraintKind::exclusion:
      return quote_identifier(cat(name, "_excl"));
    case ConstraintKind::not_null:
      return quote_identifier(cat(name, "_not_null"));
    default:
      return quote_identifier(cat(name, "_key"));
  }
}

std::string column_list(List<Text> columns) {
  std::string list = "(";
  for (const Text column : columns) {
    if (list.size() > 1) list += ", ";
    list += quote_identifier(column);
  }
  return list += ")";
}

bool may_be_new(const Context& ctx, const Name& table) {
  const Relation* relation = ctx.schema().relation(table).known();
  return relation && relation->created.migration == ctx.schema().current_migration() &&
         relation->create_seen && relation->created_certain != Known::yes;
}

bool no_column_uses(const Context& ctx, const Name& name) {
  const Type* type = ctx.schema().type(name).known();
  if (!type || !type->create_seen || !ctx.history().complete || ctx.schema().opaque()) return false;
  const auto uses = [&](const ColumnType& used) {
    return used.schema == type->schema && used.lookup_name().name == type->name;
  };
  for (const Relation* each : ctx.schema().relations())
    for (const Column& column : each->columns)
      if (!column.type_known || uses(column.type)) return false;
  return true;
}

const Relation* partitioned(const Context& ctx, const Name& table) {
  const Relation* relation = ctx.schema().relation(table).known();
  return relation && relation->kind == RelationKind::partitioned_table ? relation : nullptr;
}

bool already_there(const Context& ctx, const AddColumn& op) {
  if (!op.if_not_exists) return false;
  const Relation* relation = ctx.schema().relation(op.table).known();
  const Column* column = relation ? relation->column(op.column.name) : nullptr;
  return column && column->created_certain == Known::yes;
}

std::span<const Statement> earlier_in_transaction(Context& ctx) {
  return ctx.in_transaction() ? ctx.transaction().statements : std::span<const Statement>();
}

const Op* holder(Context& ctx, Grip grip, const Name* table) {
  if (!ctx.in_transaction()) return nullptr;
  const Relation* wanted = table ? ctx.schema().relation(*table).known() : nullptr;
  for (const Op* op : ctx.transaction().locking) {
    const Held held = held_by(*op);
    if (held.grip < grip) continue;
    if (table) {
      const Relation* other = ctx.schema().relation(held.table).known();
      if (wanted ? other != wanted : held.table.name != table->name) continue;
    }
    if (!ctx.is_new_or_temporary(held.table)) return op;
  }
  return nullptr;
}

const Op* standing_holder(Context& ctx) {
  const Op* found = holder(ctx, Grip::all);
  const bool gone = found && ctx.schema().relation(held_by(*found).table).exists() == Known::no;
  return gone ? nullptr : found;
}

bool readers_wait(Context& ctx, const Name& table) {
  if (holder(ctx, Grip::all, &table)) return true;
  const Name resolved = ctx.schema().resolve(table);
  const std::vector<Effects::Lock>& held = ctx.held();
  return std::any_of(held.begin(), held.end(), [&](const Effects::Lock& lock) {
    return blocks_reads(lock.mode) && lock.relation.is(resolved);
  });
}

const Effects::Lock* exclusive_lock(Context& ctx, const Name& table) {
  const Name own = ctx.schema().resolve(table);
  const Effects::Lock* found = nullptr;
  for (const Effects::Lock& lock : ctx.held()) {
    if (!blocks_reads(lock.mode) || lock.table != lock.relation) continue;
    if (lock.relation.is(own)) return &lock;
    const Relation* other =
        found ? nullptr : ctx.schema().relation(lock.relation.full_name()).known();
    const bool is_table = other && (other->kind == RelationKind::table ||
                                    other->kind == RelationKind::partitioned_table);
    if (is_table) found = &lock;
  }
  return found;
}

bool locked_later(const Context& ctx, const Name& table) {
  if (!ctx.in_transaction()) return false;
  constexpr std::size_t soon = 64;  // so that long files stay linear
  const List<Statement> all = ctx.migration().script.statements;
  const auto at = static_cast<std::size_t>(&ctx.statement() - all.data());
  for (std::size_t index = at + 1; index < all.size() && index <= at + soon; ++index) {
    for (const Op& op : all[index].ops) {
      const auto* control = std::get_if<TransactionControl>(&op);
      if (control && ends_transaction(*control)) return false;
      const Held held = held_by(op);
      if (held.grip != Grip::all || held.table.name != table.name) continue;
      const Relation* relation = ctx.schema().relation(held.table).known();
      if (relation && relation == ctx.schema().relation(table).known()) return true;
    }
  }
  return false;
}

bool any_soon_after(const Context& ctx, const std::function<bool(const Op&)>& take) {
  constexpr std::size_t soon = 256;
  const List<Statement> all = ctx.migration().script.statements;
  const auto at = static_cast<std::size_t>(&ctx.statement() - all.data());
  for (std::size_t index = at; index < all.size() && index <= at + soon; ++index)
    for (const Op& op : all[index].ops)
      if (take(op)) return true;
  return false;
}

namespace {

// In lower case, with one space where there are several, or line breaks.
std::string folded(std::string_view text) {
  std::string out = on_one_line(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

bool says(std::string_view text, std::string_view words) {
  const auto in_word = [](char c) { return is_word(c) && c != '"'; };
  for (std::size_t at = text.find(words); at != text.npos; at = text.find(words, at + 1)) {
    const std::size_t end = at + words.size();
    if ((at == 0 || !in_word(text[at - 1])) && (end == text.size() || !in_word(text[end])))
      return true;
  }
  return false;
}

}  // namespace

bool stops_itself(const Context& ctx, const Name& table,
                  const std::vector<std::string_view>& words) {
  for (const Statement& statement : ctx.statements_naming(table.name)) {
    if (&statement == &ctx.statement()) return false;
    if (statement.ops.empty() || !std::holds_alternative<DoBlock>(statement.ops.front())) continue;
    const std::string block = folded(source_of(ctx, statement));
    if (says(block, "raise exception") && says(block, folded(table.name)) &&
        std::all_of(words.begin(), words.end(),
                    [&](std::string_view word) { return says(block, folded(word)); }))
      return true;
  }
  return false;
}

bool begun(Context& ctx) { return ctx.transaction().begun; }

bool ends_transaction(const TransactionControl& op) {
  return op.step == TransactionStep::commit || op.step == TransactionStep::rollback ||
         op.step == TransactionStep::prepare;
}

bool is_time_limit(std::string_view value) {
  while (!value.empty() && (value.front() == '0' || value.front() == ' ')) value.remove_prefix(1);
  return !value.empty() && value.front() >= '1' && value.front() <= '9';
}

namespace {

// The table that was there before and that an operation locks, or none.
Name locked(const Context& ctx, const Op& op) {
  const auto old = [&](const Name& name) {
    return !name.name.empty() && !ctx.is_new_or_temporary(name);
  };
  const Held held = held_by(op);
  if (held.grip != Grip::none) return old(held.table) ? held.table : Name();
  if (const auto* drop = std::get_if<DropIndex>(&op)) {
    const auto index = ctx.schema().index(drop->index);
    return index.table && !old(index.table->full_name()) ? Name() : drop->index;
  }
  if (const auto* validate = std::get_if<ValidateConstraint>(&op))
    return old(validate->table) ? validate->table : Name();
  if (const auto* index = std::get_if<CreateIndex>(&op))
    return old(index->table) ? index->table : Name();
  if (const auto* create = std::get_if<CreateTable>(&op)) {
    for (const ColumnDefinition& column : create->columns)
      for (const ConstraintDefinition& each : column.constraints)
        if (each.kind == ConstraintKind::foreign_key && !(each.references == create->table) &&
            old(each.references))
          return each.references;
    for (const ConstraintDefinition& each : create->constraints)
      if (each.kind == ConstraintKind::foreign_key && !(each.references == create->table) &&
          old(each.references))
        return each.references;
  }
  return {};
}

}  // namespace

Name first_locked(const Context& ctx, const Statement& statement) {
  Name found;
  for (const Op& op : statement.ops) {
    found = locked(ctx, op);
    if (!found.name.empty()) break;
  }
  if (found.name.empty()) return found;
  for (const Statement& before : ctx.migration().script.statements) {
    if (&before == &statement) break;
    for (const Op& op : before.ops)
      if (!locked(ctx, op).name.empty()) return {};
  }
  return found;
}

Name name_by_now(const Context& ctx, const Relation& relation, const Name& written) {
  if (ctx.schema().relation(written).known() == &relation) return written;
  return {relation.schema == "public" ? Text() : relation.schema, relation.name};
}

}  // namespace migguard::rules
