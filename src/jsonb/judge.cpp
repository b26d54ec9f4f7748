// From a JSON key of an operation to what a rule may say about it: the column resolved through the
// schema, remedies and repetitions left out, confidence weighed.
#include <algorithm>
#include <array>
#include <cstdint>
#include <migguard/jsonb.hpp>
#include <migguard/rule.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <jsonb/resolve.hpp>
#include <jsonb/value.hpp>
#include <jsonb/words.hpp>

namespace migguard {
namespace jsonb {
namespace {

constexpr unsigned deepest_domain = 8;

Level capped(Level level, Level cap) { return std::min(level, cap); }

// unitPrice and "Unit Price" are unit_price.
std::string snake(std::string_view key) {
  std::string out;
  for (const std::string& token : tokenize(key)) {
    if (!out.empty()) out += '_';
    out += token;
  }
  return out;
}

bool is_json_name(std::string_view type) {
  return type == "jsonb" || type == "json" || type == "hstore";
}
bool is_text_name(std::string_view type) {
  return type == "text" || type == "varchar" || type == "bpchar";
}

// Built-in types that columns mostly have, the most frequent first. PostgreSQL finds them before a
// type of that name in any other schema, so an unqualified one needs no look at the schema.
bool is_other_built_in(std::string_view type) {
  static constexpr auto names = std::to_array<std::string_view>(
      {"text",      "int4",    "varchar", "timestamptz", "bool", "timestamp", "int8",
       "uuid",      "numeric", "date",    "float8",      "int2", "bpchar",    "bytea",
       "bigserial", "serial",  "float4",  "interval",    "inet", "tsvector",  "time",
       "timetz",    "money",   "bit",     "varbit",      "oid",  "name",      "char",
       "xml",       "cidr",    "macaddr", "point",       "path", "box",       "circle",
       "line",      "lseg",    "polygon", "tsquery"});
  return std::any_of(names.begin(), names.end(), [&](std::string_view each) {
    return each.size() == type.size() && each.front() == type.front() && each == type;
  });
}

std::string_view last_part(std::string_view name) {
  const std::size_t point = name.rfind('.');
  return point == std::string_view::npos ? name : name.substr(point + 1);
}

// The type below domains.
Text base_type(const Context& ctx, Text name) {
  for (unsigned depth = 0; depth < deepest_domain; ++depth) {
    if (is_json_name(last_part(name))) return last_part(name);
    const std::size_t point = name.rfind('.');
    const Name full{point == Text::npos ? Text() : name.substr(0, point), last_part(name)};
    const Type* type = ctx.schema().type(full).known();
    if (!type || type->kind != TypeKind::domain) return name;
    name = type->base.name;
  }
  return name;
}

// The table whose trigger calls a function.
Name trigger_table(const Context& ctx, const Name& function) {
  const auto search = [&](const Migration& migration) -> const CreateTrigger* {
    for (const Statement& statement : migration.script.statements) {
      for (const Op& op : statement.ops) {
        const auto* trigger = std::get_if<CreateTrigger>(&op);
        if (trigger && trigger->function.name == function.name) return trigger;
      }
    }
    return nullptr;
  };
  if (const CreateTrigger* trigger = search(ctx.migration())) return trigger->table;
  for (const Migration& migration : ctx.whole_history().migrations) {
    if (const CreateTrigger* trigger = search(migration)) return trigger->table;
  }
  return {};
}

ValueFacts facts_of(const JsonKey& key) {
  ValueFacts facts;
  facts.kind = key.value_kind;
  facts.text = key.value;
  facts.element = key.element_kind;
  facts.sibling_currency = key.sibling_currency;
  facts.numeric_use = key.numeric_use;
  return facts;
}

// Whether a read only moves the value into a column of its own.
bool is_backfill(const Context& ctx, const JsonKey& key) {
  if (!key.feeds) return false;
  const Relation* table = ctx.schema().relation(key.feeds_table).known();
  const Column* column = nullptr;
  if (table && !key.feeds_column.empty()) column = table->column(key.feeds_column);
  if (table && key.feeds_column.empty() && table->create_seen && key.feeds_position >= 0 &&
      static_cast<std::size_t>(key.feeds_position) < table->columns.size()) {
    column = &table->columns[static_cast<std::size_t>(key.feeds_position)];
  }
  if (column && column->type_known) return !is_json_name(base_type(ctx, column->type.name));
  return column_tier(key.feeds_column) == ColumnTier::unlisted;
}

std::string existing_column(const Context& ctx, const GuardedColumn& column,
                            const JsonVerdict& verdict) {
  const auto row = ctx.jsonb().matrix.find(verdict.column);
  if (row != ctx.jsonb().matrix.end()) {
    for (const std::string& wanted : {verdict.path, verdict.key}) {
      if (const auto cell = row->second.find(wanted); cell != row->second.end())
        return cell->second;
    }
  }
  if (!column.relation || verdict.path.find('[') != std::string::npos) return {};
  const std::string name = snake(verdict.key);
  for (const Column& each : column.relation->columns) {
    if (each.name != name && snake(each.name) != name) continue;
    const Text type = base_type(ctx, each.type.name);
    if (is_json_name(type) || is_text_name(type)) continue;
    return cat(plain(column.relation->full_name()), ".", each.name);
  }
  return {};
}

// Everything but repetition: one verdict, or none where the key is no money.
std::optional<JsonVerdict> judge_key(const Context& ctx, const GuardedColumn& column,
                                     std::string_view key, std::string_view path,
                                     const ValueFacts& facts, Level attribution) {
  const JsonbSettings& settings = ctx.jsonb();
  Classification found = classify_listed(column.text, key, path, facts, settings);
  if (!column.money_name.empty() && found.level < Level::medium) {
    found = classify_listed(column.text, key, cat(column.money_name, ".", path), facts, settings);
  }
  const Level confidence = capped(capped(found.level, attribution), column.level);
  if (confidence == Level::none) return {};

  JsonVerdict verdict;
  verdict.column = column.text;
  verdict.path = path;
  verdict.key = key;
  verdict.confidence = confidence;
  verdict.kind = found.kind;
  verdict.evidence = std::move(found.evidence);
  verdict.evidence.push_back(!column.money_name.empty()    ? "column=money"
                             : column.level == Level::high ? "column=guarded"
                                                           : "column=guarded lower");
  verdict.suggestion = std::move(found.suggestion);
  if (verdict.kind == Class::amount && settings.typed_default == "bigint-minor")
    verdict.suggestion = "bigint";
  else if (verdict.suggestion == "numeric(12,2)" && !settings.typed_default.empty())
    verdict.suggestion = settings.typed_default;
  verdict.table = column.relation ? column.relation->full_name() : column.table;
  verdict.typed_column = existing_column(ctx, column, verdict);
  return verdict;
}

ValueFacts facts_of_type(std::string_view type) {
  ValueFacts facts;
  if (type == "bool")
    facts.kind = JsonValueKind::boolean;
  else if (type == "numeric" || type == "money" || type.starts_with("int") ||
           type.starts_with("float"))
    facts.numeric_use = true;
  else if (type == "date" || type.starts_with("timestamp") || type == "uuid")
    facts.kind = JsonValueKind::boolean;
  return facts;
}

// to_jsonb(t): every column of the relation or composite type is a key, but for those that are
// taken out at once (`to_jsonb(t) - 'price'`): their paths are the operation's value, a line each.
std::vector<JsonVerdict> judge_row(const Context& ctx, const GuardedColumn& column,
                                   const JsonKey& key) {
  std::vector<JsonVerdict> verdicts;
  const auto add = [&](std::string_view name, std::string_view type) {
    std::string path(key.path);
    if (!path.empty()) path += '.';
    path += name;
    if (cat("\n", key.value).find(cat("\n", path, "\n")) != std::string::npos) return;
    const ValueFacts facts = facts_of_type(type);
    if (std::optional<JsonVerdict> verdict =
            judge_key(ctx, column, name, path, facts, Level::medium)) {
      verdicts.push_back(std::move(*verdict));
    }
  };
  if (const Relation* relation = ctx.schema().relation(key.row).known()) {
    for (const Column& each : relation->columns) add(each.name, each.type.name);
    return verdicts;
  }
  const auto search = [&](const Migration& migration) -> const CreateType* {
    for (const Statement& statement : migration.script.statements) {
      for (const Op& op : statement.ops) {
        const auto* type = std::get_if<CreateType>(&op);
        if (type && type->type.name == key.row.name) return type;
      }
    }
    return nullptr;
  };
  const CreateType* type = search(ctx.migration());
  for (const Migration& migration : ctx.whole_history().migrations) {
    if (!type) type = search(migration);
  }
  if (type) {
    for (const ColumnDefinition& each : type->columns) add(each.name, each.type.name.name);
  }
  return verdicts;
}

// What the names and the value of a key say, with all they say it by.
struct Spelling {
  std::string key, path, column, value;
  JsonValueKind kind = JsonValueKind::unknown, element = JsonValueKind::unknown;
  bool sibling_currency = false, numeric_use = false;

  bool is(const JsonKey& other) const {
    return key == other.key && path == other.path && column == other.column &&
           value == other.value && kind == other.value_kind && element == other.element_kind &&
           sibling_currency == other.sibling_currency && numeric_use == other.numeric_use;
  }
};

// Whether neither the key nor its column can be money, whatever the schema holds. Several rules ask
// of the same key, and many statements write the same one: the last harmless one is remembered,
// where no configuration has a say.
bool harmless(const JsonKey& key, const JsonbSettings& settings) {
  if (!settings.deny.empty()) return false;
  const bool by_default = settings.columns.empty() && settings.add_columns.empty() &&
                          settings.exempt_columns.empty() && settings.allow.empty();
  thread_local std::optional<Spelling> last;
  if (by_default && last && last->is(key)) return true;
  if (classify(key.key, key.path, facts_of(key)).level != Level::none ||
      money_column({}, key.column, settings))
    return false;
  if (by_default) {
    last = Spelling{std::string(key.key),   std::string(key.path), std::string(key.column),
                    std::string(key.value), key.value_kind,        key.element_kind,
                    key.sibling_currency,   key.numeric_use};
  }
  return true;
}

std::vector<JsonVerdict> judge_once(const Context& ctx, const JsonKey& key) {
  if (key.remedy || (key.access == JsonAccess::read && !ctx.jsonb().report_reads)) return {};
  const bool plain_key = key.row.name.empty();
  if (plain_key && key.key.empty()) return {};
  // Most keys are no money, and the classifier is cheaper than the schema.
  if (plain_key && harmless(key, ctx.jsonb())) return {};
  const std::optional<GuardedColumn> column = guarded_column(ctx, key);
  if (!column || is_backfill(ctx, key)) return {};
  if (!plain_key) {
    std::vector<JsonVerdict> verdicts = judge_row(ctx, *column, key);
    for (JsonVerdict& each : verdicts) each.document = key.part;
    return verdicts;
  }
  const Level attribution = key.indirect ? Level::medium : Level::high;
  std::optional<JsonVerdict> verdict = judge_key(ctx, *column, key.key, key.path, facts_of(key),
                                                 capped(attribution, column->attribution));
  if (!verdict) return {};
  verdict->money_shape = key.money_shape;
  verdict->document = key.part;
  return {std::move(*verdict)};
}

bool same_place(const JsonKey& one, const JsonKey& other) {
  return one.path == other.path && one.column == other.column && one.position == other.position &&
         one.access == other.access &&
         std::equal(one.tables.begin(), one.tables.end(), other.tables.begin(), other.tables.end());
}

// The index of the operation that holds the key, or their number. A statement may have thousands.
std::size_t place_among(List<Op> ops, const JsonKey& key) {
  const auto begin = reinterpret_cast<std::uintptr_t>(ops.data());
  const auto at = reinterpret_cast<std::uintptr_t>(&key);
  if (at < begin || at >= begin + ops.size_bytes()) return ops.size();
  return (at - begin) / sizeof(Op);
}

// Whether the operation is below a container in the same document.
bool is_below(const JsonKey& inner, const JsonKey& container) {
  return inner.path.size() > container.path.size() && inner.path.starts_with(container.path) &&
         (inner.path[container.path.size()] == '.' || inner.path[container.path.size()] == '[');
}

}  // namespace

std::optional<GuardedColumn> guarded_column(const Context& ctx, const JsonKey& key) {
  GuardedColumn result;
  std::string_view column = key.column;
  std::vector<Name> tables(key.tables.begin(), key.tables.end());
  bool trigger = false;
  if (tables.empty() && !key.trigger_function->name.empty()) {
    trigger = true;
    if (const Name table = trigger_table(ctx, key.trigger_function); !table.name.empty())
      tables.push_back(table);
  }

  const Column* known_column = nullptr;
  for (const Name& table : tables) {
    const Relation* relation = ctx.schema().relation(table).known();
    if (key.position >= 0 && column.empty()) {
      if (!relation || !relation->create_seen) return {};
      const std::size_t place = static_cast<std::size_t>(key.position);
      if (place >= relation->columns.size()) return {};
      known_column = &relation->columns[place];
      column = known_column->name;
      result.relation = relation;
      break;
    }
    const Column* candidate = relation ? relation->column(column) : nullptr;
    if (!candidate && tables.size() > 1) continue;
    result.relation = relation;
    result.table = table;
    known_column = candidate;
    break;
  }
  if (column.empty()) return {};
  if (!result.relation && result.table.name.empty() && tables.size() > 1) {
    // Of several tables in sight, the one whose columns are not all known.
    for (const Name& table : tables) {
      const Relation* relation = ctx.schema().relation(table).known();
      if (relation && relation->create_seen) continue;
      result.table = table;
      break;
    }
  }

  std::string table_text;
  if (result.relation)
    table_text = plain(result.relation->full_name());
  else if (!result.table.name.empty())
    table_text = plain(result.table);
  if (known_column && known_column->type_known) {
    const Text type = base_type(ctx, known_column->type.name);
    if (!is_json_name(type)) {
      if (key.access != JsonAccess::write || !is_text_name(type) ||
          key.value_kind == JsonValueKind::unknown ||
          column_tier(table_text, column, ctx.jsonb()) == ColumnTier::unlisted)
        return {};
      result.attribution = Level::low;  // a text that holds JSON
    }
  }
  switch (column_tier(table_text, column, ctx.jsonb())) {
    case ColumnTier::guarded:
      result.level = Level::high;
      break;
    case ColumnTier::lower:
      result.level = Level::medium;
      break;
    case ColumnTier::unlisted:
      if (!known_column || !known_column->type_known) return {};
      if (!money_column(table_text, column, ctx.jsonb())) return {};
      result.level = Level::medium;
      result.money_name = column;
      break;
    case ColumnTier::exempt:
      return {};
  }
  if (table_text.empty()) {
    table_text = "?";
    result.attribution = capped(result.attribution, trigger ? Level::medium : Level::low);
  }
  result.text = cat(table_text, ".", column);
  return result;
}

std::optional<JsonVerdict> judge_value(const Context& ctx, const GuardedColumn& column,
                                       std::string_view key, std::string_view path,
                                       const ValueFacts& facts) {
  return judge_key(ctx, column, key, path, facts, column.attribution);
}

}  // namespace jsonb

std::vector<JsonVerdict> judge(const Context& ctx, const JsonKey& key) {
  std::vector<JsonVerdict> verdicts = jsonb::judge_once(ctx, key);
  if (verdicts.empty()) return verdicts;
  const bool container =
      key.value_kind == JsonValueKind::object || key.value_kind == JsonValueKind::array;
  const List<Op> ops(ctx.statement().ops);
  const std::size_t place = jsonb::place_among(ops, key);
  // A container that is asked for beside what is taken out of it: the leaves are reported.
  for (std::size_t i = 0; key.access != JsonAccess::write && i < ops.size(); ++i) {
    const auto* other = std::get_if<JsonKey>(&ops[i]);
    if (other && other->access == key.access && other->column == key.column &&
        jsonb::is_below(*other, key) && !jsonb::judge_once(ctx, *other).empty())
      return {};
  }
  if (!key.repeated && !container) return verdicts;
  for (std::size_t i = 0; key.repeated && i < place; ++i) {
    const auto* other = std::get_if<JsonKey>(&ops[i]);
    if (other && jsonb::same_place(*other, key) && !jsonb::judge_once(ctx, *other).empty())
      return {};
  }
  // What is in a container follows it directly; where that is reported, the container is not.
  for (std::size_t i = place + 1; container && i < ops.size(); ++i) {
    const auto* other = std::get_if<JsonKey>(&ops[i]);
    if (!other || !jsonb::is_below(*other, key)) break;
    if (!jsonb::judge_once(ctx, *other).empty()) return {};
  }
  return verdicts;
}

std::optional<JsonVerdict> judge_unreadable(const Context& ctx, const JsonKey& key) {
  if (!key.key.empty() || !key.row.name.empty() || key.access != JsonAccess::write) return {};
  const std::optional<jsonb::GuardedColumn> column = jsonb::guarded_column(ctx, key);
  if (!column) return {};
  JsonVerdict verdict;
  verdict.column = column->text;
  verdict.path = key.path;
  verdict.confidence = jsonb::Level::low;
  verdict.table = column->relation ? column->relation->full_name() : column->table;
  return verdict;
}

std::vector<JsonVerdict> judge_shape(const Context& ctx, const JsonKey& key) {
  const std::optional<jsonb::GuardedColumn> column = jsonb::guarded_column(ctx, key);
  if (!column) return {};
  jsonb::ValueFacts facts;
  facts.kind = JsonValueKind::object;
  facts.money_shape = true;
  std::optional<JsonVerdict> verdict = jsonb::judge_value(ctx, *column, key.key, key.path, facts);
  if (!verdict) return {};
  return {std::move(*verdict)};
}

bool is_json_type(const Context& ctx, const TypeName& type) {
  if (type.name.schema.empty() && jsonb::is_other_built_in(type.name.name)) return false;
  const std::string name = type.name.schema.empty() ? std::string(type.name.name)
                                                    : cat(type.name.schema, ".", type.name.name);
  return jsonb::is_json_name(jsonb::base_type(ctx, name));
}

}  // namespace migguard
