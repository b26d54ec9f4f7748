#include <schema/compare.hpp>
#include <schema/print.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace migguard::schema {
namespace {

using Where = SchemaDifference::Where;
using Key = std::pair<Text, Text>;  // schema and name

std::string shown(std::string_view schema, std::string_view name) {
  return schema == "public" ? quote_identifier(name)
                            : cat(quote_identifier(schema), '.', quote_identifier(name));
}

std::string_view kind_of(RelationKind kind) {
  switch (kind) {
    case RelationKind::view:
      return "view";
    case RelationKind::materialized_view:
      return "materialized view";
    case RelationKind::sequence:
      return "sequence";
    case RelationKind::foreign_table:
      return "foreign table";
    default:
      return "table";
  }
}

// ---- Parts -----------------------------------------------------------------------------------

// Modifiers as PostgreSQL fills them up: char is char(1), numeric(10) is numeric(10,0).
std::vector<std::int32_t> full_modifiers(const ColumnType& type) {
  std::vector<std::int32_t> modifiers(type.modifiers.begin(), type.modifiers.end());
  if ((type.name == "bpchar" || type.name == "bit") && modifiers.empty()) modifiers = {1};
  if (type.name == "numeric" && modifiers.size() == 1) modifiers.push_back(0);
  return modifiers;
}

// Whether two types may be the same. A type that the history never made (an extension's) has no
// schema there, and extensions have modifiers of their own.
bool same_type(const ColumnType& here, const ColumnType& there) {
  if (std::min<int>(here.array_dimensions, 1) != there.array_dimensions) return false;
  const Name made = here.lookup_name();
  const Name found = there.lookup_name();
  if (made.name != found.name) return false;
  if (!made.schema.empty() && !found.schema.empty() && made.schema != found.schema) return false;
  if (!found.schema.empty() || here.name == "interval") return true;
  return full_modifiers(here) == full_modifiers(there);
}

bool same(const Column& here, const Column& there) {
  if (here.type_known && !same_type(here.type, there.type)) return false;
  if (here.not_null != Known::unknown && here.not_null != there.not_null) return false;
  if (here.identity != there.identity || here.generated != there.generated) return false;
  const bool has_default = here.has_default || here.serial;
  // DEFAULT NULL is no default (AddRelationNewConstraints in src/backend/catalog/heap.c).
  const bool null = here.default_text == "NULL" || here.default_text == "null";
  return here.generated != Generated::none || here.identity != Identity::none ||
         has_default == there.has_default || null;
}

bool same(const Constraint& here, const Constraint& there) {
  if (here.kind != there.kind || here.valid != there.valid) return false;
  if (here.kind == ConstraintKind::check || here.kind == ConstraintKind::exclusion) return true;
  if (!migguard::same(here.columns, there.columns)) return false;
  if (here.kind != ConstraintKind::foreign_key) return true;
  return here.references_table == there.references_table &&
         (here.referenced_columns.empty() ||
          migguard::same(here.referenced_columns, there.referenced_columns));
}

bool same(const Index& here, const Index& there) {
  return here.method == there.method && here.unique == there.unique &&
         here.partial == there.partial && here.valid == there.valid &&
         migguard::same(here.columns, there.columns) && migguard::same(here.include, there.include);
}

template <class Part>
std::map<std::string_view, const Part*> by_name(const std::vector<Part>& parts) {
  std::map<std::string_view, const Part*> named;
  for (const Part& each : parts) named.emplace(each.name, &each);
  return named;
}

// ---- Everything ------------------------------------------------------------------------------

class Comparison {
 public:
  Comparison(const std::vector<const Catalog*>& made, const Snapshot& live, bool complete)
      : live_(live), complete_(complete) {
    for (const Catalog* catalog : made) {
      opaque_ |= catalog->opaque();
      for (const Relation* each : catalog->relations()) {
        if (each->persistence == Persistence::temporary) continue;
        relations_.emplace(Key(each->schema, each->name), each);
        schemas_.insert(each->schema);
      }
      for (const Type* each : catalog->types()) {
        types_.emplace(Key(each->schema, each->name), each);
        schemas_.insert(each->schema);
      }
      for (const Function* each : catalog->functions()) {
        functions_.emplace(Key(each->schema, each->name), each);
        schemas_.insert(each->schema);
      }
    }
    schemas_.insert("public");
  }

  std::vector<Difference> run() {
    relations();
    types();
    functions();
    std::stable_sort(found_.begin(), found_.end(), [](const Difference& a, const Difference& b) {
      const auto key = [](const Difference& each) {
        return std::tie(each.found.kind, each.found.table, each.found.object);
      };
      return key(a) < key(b);
    });
    return std::move(found_);
  }

 private:
  // Whether an object that no history made is one too many.
  bool surplus(std::string_view schema) const {
    return complete_ && !opaque_ && schemas_.count(schema) > 0;
  }

  void add(Where where, std::string_view kind, std::string object, std::string table,
           std::string here, std::string there, Origin origin) {
    found_.push_back({{where,
                       std::string(kind),
                       std::move(object),
                       std::move(table),
                       std::move(here),
                       std::move(there),
                       nullptr,
                       {}},
                      origin});
  }

  void relations() {
    std::map<Key, const Relation*> there;
    for (const Relation& each : live_.relations) there.emplace(Key(each.schema, each.name), &each);
    for (const auto& [key, here] : relations_) {
      const auto found = there.find(key);
      const std::string name = shown(here->schema, here->name);
      if (found == there.end()) {
        // What is known from ALTERs only may have been dropped where nobody saw it.
        const bool sure = here->create_seen && !opaque_ && here->owned_by.empty();
        if (sure) add(Where::only_here, kind_of(here->kind), name, "", name, "", here->created);
        continue;
      }
      parts(*here, *found->second);
    }
    for (const auto& [key, each] : there) {
      if (relations_.count(key) || !surplus(each->schema) || !each->owned_by.empty()) continue;
      // Partitions are made by jobs.
      if (!each->partition_of.empty()) continue;
      const std::string name = shown(each->schema, each->name);
      add(Where::only_there, kind_of(each->kind), name, "", "", name, {});
    }
  }

  void parts(const Relation& here, const Relation& there) {
    const std::string table = shown(here.schema, here.name);
    if (kind_of(here.kind) != kind_of(there.kind)) {
      add(Where::different, kind_of(here.kind), table, "", std::string(kind_of(here.kind)),
          std::string(kind_of(there.kind)), here.created);
      return;
    }
    if (here.kind == RelationKind::view || here.kind == RelationKind::sequence) return;
    const bool sure = here.create_seen && !opaque_;
    if (here.kind != RelationKind::materialized_view) {
      columns(here, there, table, sure);
      constraints(here, there, table, sure);
    }
    named_parts(indexes_alone(here), indexes_alone(there), "index", table, here.created, sure);
    names(here.triggers, there.triggers, "trigger", table, here.created, sure);
    names(here.policies, there.policies, "policy", table, here.created, sure);
    if (sure && here.row_security != there.row_security)
      add(Where::different, "row security", table, "", here.row_security ? "on" : "off",
          there.row_security ? "on" : "off", here.created);
  }

  void columns(const Relation& here, const Relation& there, const std::string& table, bool sure) {
    const auto mine = by_name(here.columns);
    const auto theirs = by_name(there.columns);
    for (const auto& [name, column] : mine) {
      const auto found = theirs.find(name);
      if (found == theirs.end()) {
        if (sure)
          add(Where::only_here, "column", quote_identifier(name), table, describe(*column), "",
              column->created);
      } else if (!same(*column, *found->second)) {
        add(Where::different, "column", quote_identifier(name), table, describe(*column),
            describe(*found->second), column->created);
      }
    }
    for (const auto& [name, column] : theirs) {
      if (mine.count(name) || !sure) continue;
      add(Where::only_there, "column", quote_identifier(name), table, "", describe(*column),
          here.created);
    }
  }

  template <class Part>
  void named_parts(std::vector<Part> here, std::vector<Part> there, std::string_view kind,
                   const std::string& table, Origin origin, bool sure) {
    const auto mine = by_name(here);
    const auto theirs = by_name(there);
    std::vector<const Part*> missing, surplus_parts;
    for (const auto& [name, part] : mine) {
      const auto found = theirs.find(name);
      if (found == theirs.end()) {
        missing.push_back(part);
      } else if (!same(*part, *found->second)) {
        add(Where::different, kind, quote_identifier(name), table, describe(*part),
            describe(*found->second), part->created);
      }
    }
    for (const auto& [name, part] : theirs) {
      if (mine.count(name) == 0) surplus_parts.push_back(part);
    }
    if (!sure) return;
    for (const Part* each : missing) {
      // The same under another name is one difference, not two.
      const auto twin =
          std::find_if(surplus_parts.begin(), surplus_parts.end(), [&](const Part* other) {
            return same(*each, *other) && !each->columns.empty() &&
                   migguard::same(each->columns, other->columns);
          });
      if (twin == surplus_parts.end()) {
        add(Where::only_here, kind, quote_identifier(each->name), table, describe(*each), "",
            each->created);
        continue;
      }
      add(Where::different, kind, quote_identifier(each->name), table, describe(*each),
          describe(**twin), each->created);
      surplus_parts.erase(twin);
    }
    for (const Part* each : surplus_parts)
      add(Where::only_there, kind, quote_identifier(each->name), table, "", describe(*each),
          origin);
  }

  void constraints(const Relation& here, const Relation& there, const std::string& table,
                   bool sure) {
    // NOT NULL is compared with its column; what comes from a parent is compared there.
    const auto own = [](const Relation& relation) {
      std::vector<Constraint> kept;
      for (const Constraint& each : relation.constraints) {
        if (each.kind != ConstraintKind::not_null && !each.inherited) kept.push_back(each);
      }
      return kept;
    };
    named_parts(own(here), own(there), "constraint", table, here.created, sure);
  }

  static std::vector<Index> indexes_alone(const Relation& relation) {
    std::vector<Index> kept;
    for (const Index& each : relation.indexes) {
      if (each.constraint.empty() && each.parent.empty()) kept.push_back(each);
    }
    return kept;
  }

  void names(List<Text> here, List<Text> there, std::string_view kind, const std::string& table,
             Origin origin, bool sure) {
    if (!sure) return;
    const std::set<Text> mine(here.begin(), here.end());
    const std::set<Text> theirs(there.begin(), there.end());
    for (const Text each : mine) {
      if (theirs.count(each) == 0)
        add(Where::only_here, kind, quote_identifier(each), table, std::string(each), "", origin);
    }
    for (const Text each : theirs) {
      if (mine.count(each) == 0)
        add(Where::only_there, kind, quote_identifier(each), table, "", std::string(each), origin);
    }
  }

  static std::string labels(const Type& type) {
    std::string text;
    for (const Text each : type.labels) text += cat(text.empty() ? "" : ", ", each);
    return text;
  }

  void types() {
    std::map<Key, const Type*> there;
    for (const Type& each : live_.types) there.emplace(Key(each.schema, each.name), &each);
    for (const auto& [key, here] : types_) {
      const auto found = there.find(key);
      const std::string name = shown(here->schema, here->name);
      if (found == there.end()) {
        if (here->create_seen && !opaque_ && here->kind != TypeKind::base)
          add(Where::only_here, "type", name, "", labels(*here), "", here->created);
      } else if (here->kind == TypeKind::enum_ && here->create_seen &&
                 here->labels != found->second->labels) {
        add(Where::different, "enum", name, "", labels(*here), labels(*found->second),
            here->created);
      }
    }
    for (const auto& [key, each] : there) {
      if (types_.count(key) || !surplus(each->schema)) continue;
      add(Where::only_there, "type", shown(each->schema, each->name), "", "", labels(*each), {});
    }
  }

  void functions() {
    std::set<Key> there;
    for (const Function& each : live_.functions) there.emplace(each.schema, each.name);
    for (const auto& [key, here] : functions_) {
      if (there.count(key) || opaque_) continue;
      const std::string name = shown(key.first, key.second);
      add(Where::only_here, "function", name, "", name, "", here->created);
    }
    for (const Key& key : there) {
      if (functions_.count(key) || !surplus(key.first)) continue;
      const std::string name = shown(key.first, key.second);
      add(Where::only_there, "function", name, "", "", name, {});
    }
  }

  const Snapshot& live_;
  bool complete_;
  bool opaque_ = false;
  std::map<Key, const Relation*> relations_;
  std::map<Key, const Type*> types_;
  std::map<Key, const Function*> functions_;
  std::set<Text> schemas_;  // in which the histories make something
  std::vector<Difference> found_;
};

}  // namespace

std::vector<Difference> compare(const std::vector<const Catalog*>& made, const Snapshot& live,
                                bool complete) {
  return Comparison(made, live, complete).run();
}

}  // namespace migguard::schema
