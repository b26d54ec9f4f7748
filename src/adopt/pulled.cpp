#include <adopt/names.hpp>
#include <adopt/pulled.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <array>
#include <map>

namespace migguard::adopt {
namespace {

// Types that come out as builders of drizzle-orm; `unknown(...)` stands for any other.
bool is_pulled(std::string_view type) {
  constexpr std::array known{
      "int2",    "int4",      "int8",   "bool",    "text",    "varchar",   "bpchar",  "char",
      "numeric", "float4",    "float8", "json",    "jsonb",   "time",      "timetz",  "timestamptz",
      "date",    "timestamp", "inet",   "cidr",    "macaddr", "macaddr8",  "uuid",    "interval",
      "point",   "line",      "vector", "halfvec", "bit",     "sparsevec", "geometry"};
  return std::find(known.begin(), known.end(), type) != known.end();
}

bool is_number(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos;
}

// As a key of the object that pgTable takes: `created_at` and `createdAt` are one.
std::string key_of(std::string_view column) {
  std::string key;
  for (const char each : to_lower(column))
    if (each != '_' && each != '-' && each != ' ') key += each;
  return key;
}

class Losses {
 public:
  explicit Losses(const schema::Catalog& schema) : schema_(schema) {}

  std::vector<PullLoss> all() {
    for (const Relation* each : schema_.relations()) {
      const bool table =
          each->kind == RelationKind::table || each->kind == RelationKind::partitioned_table;
      if (table && !schema_.is_temporary(*each)) look(*each);
    }
    std::vector<PullLoss> out;
    for (auto& [what, objects] : losses_) out.push_back({what, std::move(objects)});
    return out;
  }

 private:
  void add(const char* what, std::string object) {
    const auto known = std::find_if(losses_.begin(), losses_.end(),
                                    [&](const auto& each) { return each.first == what; });
    if (known == losses_.end())
      losses_.push_back({what, {std::move(object)}});
    else
      known->second.push_back(std::move(object));
  }

  void look(const Relation& table) {
    const std::string name = written(table.full_name());
    const auto of_table = [&](Text part) { return cat(name, '.', quote_identifier(part)); };
    std::map<std::string, Text> keys;
    for (const Column& column : table.columns) {
      look(column, of_table(column.name));
      const auto [same, added] = keys.emplace(key_of(column.name), column.name);
      if (!added)
        add("one of two columns is lost, for both have one key: name the key of the other",
            cat(of_table(same->second), " and ", quote_identifier(column.name)));
    }
    for (const Constraint& each : table.constraints) look(table, each, of_table(each.name));
    for (const Index& each : table.indexes) look(table, each, of_table(each.name));
  }

  void look(const Column& column, const std::string& name) {
    const ColumnType& type = column.type;
    const Type* own = schema_.type(type.lookup_name()).known();
    const bool is_enum = own && own->kind == TypeKind::enum_;
    const bool array = type.array_dimensions > 0;
    const std::string_view default_text = column.default_text;
    if (is_enum && array && quote_identifier(own->name) != own->name)
      add("arrays of an enum whose name needs quotes become unknown(...): the enum with .array()",
          name);
    else if (!is_enum && !is_pulled(type.name) && !column.serial)
      add("types that Drizzle has no word for become unknown(...): customType gives them", name);
    if (!column.has_default) return;
    if (array)
      add("defaults of arrays come out otherwise: .default(sql`...`) as the baseline has them",
          name);
    else if (type.name == "numeric" && is_number(default_text))
      add("numbers as defaults of numeric columns come out as strings: .default(sql`0`)", name);
    else if (default_text == "''" || default_text.starts_with("''::"))
      add("empty strings come out as .default('), which is no TypeScript: .default('')", name);
    if (type.name.starts_with("time") && type.modifiers.size() == 1 && type.modifiers[0] == 0)
      add("the precision 0 of times is lost: { precision: 0 }", name);
  }

  // Columns come out in the order of the table.
  static bool in_order(const Relation& table, List<Text> columns) {
    const auto place = [&](Text name) {
      return std::find_if(table.columns.begin(), table.columns.end(),
                          [&](const Column& each) { return each.name == name; }) -
             table.columns.begin();
    };
    for (std::size_t at = 1; at < columns.size(); ++at)
      if (place(columns[at - 1]) > place(columns[at])) return false;
    return true;
  }

  void look(const Relation& table, const Constraint& constraint, const std::string& name) {
    if (constraint.kind == ConstraintKind::check)
      add("checks come out in the server's words: as the baseline has them", name);
    const bool ordered =
        constraint.kind == ConstraintKind::foreign_key || constraint.kind == ConstraintKind::unique;
    if (ordered && !in_order(table, constraint.columns))
      add("columns of foreign keys and unique constraints come out in another order", name);
    if (constraint.kind != ConstraintKind::foreign_key) return;
    // The index that a foreign key goes by is taken for a constraint's own.
    const Relation* other = schema_.relation(constraint.references()).known();
    if (!other) return;
    for (const Index& index : other->indexes) {
      if (!index.unique || index.partial || !index.constraint.empty()) continue;
      if (!std::is_permutation(index.columns.begin(), index.columns.end(),
                               constraint.referenced_columns.begin(),
                               constraint.referenced_columns.end()))
        continue;
      const std::string lost = cat(written(other->full_name()), '.', quote_identifier(index.name));
      if (std::find(lost_indexes_.begin(), lost_indexes_.end(), lost) != lost_indexes_.end())
        continue;
      lost_indexes_.push_back(lost);
      add("unique indexes that a foreign key references are left out: uniqueIndex(...).on(...)",
          lost);
    }
  }

  void look(const Relation&, const Index& index, const std::string& name) {
    if (!index.constraint.empty()) return;
    const bool expression = std::any_of(index.columns.begin(), index.columns.end(),
                                        [](const Text& each) { return each.empty(); });
    if (expression || index.partial)
      add("expressions and conditions of indexes come out in the server's words: as the baseline "
          "has them",
          name);
  }

  const schema::Catalog& schema_;
  std::vector<std::pair<std::string, std::vector<std::string>>> losses_;
  std::vector<std::string> lost_indexes_;
};

}  // namespace

std::vector<PullLoss> pull_losses(const schema::Catalog& schema) { return Losses(schema).all(); }

}  // namespace migguard::adopt
