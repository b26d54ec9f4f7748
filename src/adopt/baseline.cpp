#include <adopt/baseline.hpp>
#include <adopt/ddl.hpp>
#include <adopt/repeated.hpp>
#include <lint/replay.hpp>
#include <project/load.hpp>
#include <schema/print.hpp>
#include <sql/scan.hpp>
#include <sql/script.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <functional>
#include <set>

namespace migguard::adopt {
namespace {

bool is_table(const Relation& relation) {
  return relation.kind == RelationKind::table || relation.kind == RelationKind::partitioned_table ||
         relation.kind == RelationKind::foreign_table;
}

// Tables in the order they were made, but for those that need another one first: partitions, and
// what inherits.
std::vector<const Relation*> tables_in_order(const schema::Catalog& catalog) {
  std::vector<const Relation*> tables;
  for (const Relation* each : catalog.relations())
    if (is_table(*each) && !catalog.is_temporary(*each)) tables.push_back(each);
  std::stable_sort(tables.begin(), tables.end(), [](const Relation* one, const Relation* other) {
    return before(one->created, other->created);
  });
  return tables;
}

// The history without what its tool never runs, replayed.
struct Listed {
  Listed(const History& history, bool complete)
      : catalog(std::make_unique<schema::Catalog>()), text(*catalog) {
    for (const Migration& migration : history.migrations) {
      if (!migration.listed) continue;
      const bool autocommit = migration.transaction == TransactionMode::autocommit;
      catalog->begin_migration(migration, autocommit, complete);
      text.migration(migration);
      std::int32_t index = 0;
      for (const Statement& statement : migration.script.statements) {
        catalog->begin_statement(index++);
        text.statement(statement, false);
        for (const Op& op : statement.ops) {
          text.operation(op, false);
          catalog->apply(op);
        }
        catalog->end_statement();
      }
      catalog->end_migration();
    }
  }
  std::unique_ptr<schema::Catalog> catalog;
  HistoryText text;
};

// Whether the history begins with an empty database. A plain folder tells nothing but that its
// first file makes a table; what it only alters is refused as not known.
bool begins_empty(const History& history) {
  if (history.complete || history.tool != Tool::plain || history.migrations.empty())
    return history.complete;
  for (const Statement& statement : history.migrations.front().script.statements)
    for (const Op& op : statement.ops)
      if (std::holds_alternative<CreateTable>(op)) return true;
  return false;
}

// The first line in which two texts differ, as `ours` and `theirs`.
std::pair<std::string, std::string> first_difference(const std::string& one,
                                                     const std::string& other) {
  const auto left = split(one, '\n'), right = split(other, '\n');
  std::string object;  // parts of one are indented below it
  for (std::size_t at = 0; at < std::max(left.size(), right.size()); ++at) {
    const std::string_view ours = at < left.size() ? left[at] : std::string_view();
    const std::string_view theirs = at < right.size() ? right[at] : std::string_view();
    if (!ours.starts_with(' ') && ours == theirs) object = cat(ours, ", ");
    // A serial column is one with a sequence and a default, however it was written.
    const auto same = [](std::string_view serial, std::string_view written_out) {
      return serial.ends_with(" serial") && written_out.ends_with(" default") &&
             serial.substr(0, serial.size() - 7) == written_out.substr(0, written_out.size() - 8);
    };
    if (ours != theirs && !same(ours, theirs))
      return {cat(object, trim(ours)), cat(object, trim(theirs))};
  }
  return {};
}

// The names of functions that a text calls.
void note_calls(std::string_view text, std::set<std::string>& calls) {
  const sql::TokenList tokens(text, {0, static_cast<std::uint32_t>(text.size())});
  for (std::size_t at = 0; at + 1 < tokens.size(); ++at) {
    if (!tokens.name(at) || !tokens.symbol(at + 1, '(')) continue;
    std::string name(tokens.text(at));
    if (name.starts_with('"')) name = name.substr(1, name.size() - 2);
    calls.insert(std::move(name));
  }
}

// Collects the statements, kind by kind.
class Script {
 public:
  explicit Script(std::vector<std::string>& out) : out_(out) {}
  void add(const std::string& statement) {
    if (!statement.empty()) out_.push_back(statement + ';');
  }
  void add(std::vector<std::string>& statements) {
    for (const std::string& each : statements) add(each);
    statements.clear();
  }

 private:
  std::vector<std::string>& out_;
};

// Views, each behind those that it reads.
void add_views(const schema::Catalog& catalog, std::map<Name, std::string>& views, Script& script) {
  std::set<Name> done;
  const std::function<void(const Name&)> visit = [&](const Name& name) {
    const auto found = views.find(name);
    if (found == views.end() || !done.insert(name).second) return;
    if (const Relation* view = catalog.relation(name).known())
      for (const Text each : view->reads) visit(named_plainly(catalog, each));
    script.add(found->second);
  };
  for (const auto& each : views) visit(each.first);
}

// Whether a function takes or gives a row of a relation, which must be there first.
bool names_relation(const schema::Catalog& catalog, const CreateFunction& function) {
  const auto is_one = [&](const TypeName& type) {
    return !type.name.name.empty() && !catalog.type(type.name).known() &&
           catalog.relation(type.name).known();
  };
  return is_one(function.returns) ||
         std::any_of(function.argument_types.begin(), function.argument_types.end(), is_one);
}

bool is_view(const Relation& relation) {
  return relation.kind == RelationKind::view || relation.kind == RelationKind::materialized_view;
}

// Everything there is, as statements in an order in which they run.
void write(const Listed& listed, const schema::Catalog& catalog, Baseline& baseline) {
  Ddl ddl(catalog, listed.text);
  Repeated repeated = repeat(catalog, listed.text);
  Script script(baseline.statements);

  for (const std::string& each : catalog.schemas())
    if (each != "public") script.add(cat("CREATE SCHEMA ", quote_identifier(each)));
  script.add(repeated.extensions);
  script.add(repeated.first);

  // Tables first as text, to see which functions they call.
  std::vector<std::string> types, sequences, tables, indexes;
  std::set<std::string> calls;
  std::vector<const Type*> all_types = catalog.types();
  std::stable_sort(all_types.begin(), all_types.end(), [](const Type* one, const Type* other) {
    return before(one->created, other->created);
  });
  for (const Type* each : all_types) {
    if (each->kind == TypeKind::enum_) {
      types.push_back(ddl.enum_type(*each));
      continue;
    }
    const auto found = repeated.types.find({each->schema, each->name});
    if (found != repeated.types.end()) {
      note_calls(found->second, calls);
      types.push_back(found->second);
    }
  }
  for (const Relation* each : catalog.relations()) {
    if (each->kind != RelationKind::sequence || catalog.is_temporary(*each)) continue;
    const auto found = repeated.sequences.find(each->full_name());
    if (auto text =
            ddl.sequence(*each, found == repeated.sequences.end() ? nullptr : found->second))
      sequences.push_back(std::move(*text));
  }
  const std::vector<const Relation*> ordered = tables_in_order(catalog);
  for (const Relation* each : ordered) tables.push_back(ddl.table(*each));
  for (const std::string& each : tables) note_calls(each, calls);

  // Functions that tables need stand before them; bodies are looked at when they are called.
  std::vector<std::string> early, late, behind_views;
  bool bodies = false;
  for (const Repeated::FunctionText& each : repeated.functions) {
    bodies = bodies || each.op->language == "sql";
    const bool rows = names_relation(catalog, *each.op);
    const auto of_view = [&](const TypeName& type) {
      const Relation* relation =
          type.name.name.empty() ? nullptr : catalog.relation(type.name).known();
      return relation && is_view(*relation);
    };
    if (calls.contains(std::string(each.op->function.name)) && !rows)
      early.push_back(each.text);
    else if (rows &&
             (of_view(each.op->returns) ||
              std::any_of(each.op->argument_types.begin(), each.op->argument_types.end(), of_view)))
      behind_views.push_back(each.text);
    else
      late.push_back(each.text);
  }
  if (bodies) script.add("SET check_function_bodies = off");
  std::set<std::string> of_types;
  for (const std::string& each : types) note_calls(each, of_types);
  const bool first = std::any_of(
      repeated.functions.begin(), repeated.functions.end(),
      [&](const auto& each) { return of_types.contains(std::string(each.op->function.name)); });
  if (first) script.add(early);
  script.add(types);
  script.add(early);
  script.add(sequences);
  script.add(tables);
  for (const auto& [partition, statement] : repeated.attached) script.add(statement);
  for (const Relation* each : catalog.relations()) {
    if (each->kind != RelationKind::sequence || each->owned_by.empty() ||
        catalog.is_temporary(*each))
      continue;
    const Relation* table = catalog.relation(named_plainly(catalog, each->owned_by)).known();
    const Column* column = table ? table->column(each->owned_by_column) : nullptr;
    if (column && (repeated.sequences.contains(each->full_name()) || ddl.sequence(*each, nullptr)))
      script.add(cat("ALTER SEQUENCE ", written(each->full_name()), " OWNED BY ",
                     written(table->full_name()), '.', quote_identifier(column->name)));
  }
  script.add(late);
  add_views(catalog, repeated.views, script);
  script.add(behind_views);
  if (bodies) script.add("RESET check_function_bodies");

  for (const Relation* each : catalog.relations()) {
    if (catalog.is_temporary(*each)) continue;
    for (const Index& index : each->indexes)
      if (index.constraint.empty() && index.parent.empty()) script.add(ddl.index(*each, index));
  }
  for (const Relation* each : ordered) {
    for (const Constraint& constraint : each->constraints)
      if (Ddl::added_later(*each, constraint) && !constraint.inherited)
        script.add(ddl.add_constraint(*each, constraint));
  }
  script.add(repeated.late);

  for (auto* list : {&repeated.refused, &ddl.refused})
    baseline.refused.insert(baseline.refused.end(), list->begin(), list->end());
  baseline.notes = std::move(repeated.notes);
}

// Replays the script and holds the schema it makes against the history's.
void prove(Baseline& baseline) {
  std::string text;
  for (const std::string& each : baseline.statements) text += each + '\n';
  baseline.script = project::load_text("0000_baseline.sql", text, Tool::plain);
  project::parse(*baseline.script, 1);
  lint::number_migrations(*baseline.script);
  const History& history = baseline.script->histories.front();
  for (const Migration& migration : history.migrations) {
    for (const Problem& each : migration.script.problems)
      baseline.refused.push_back(
          {nullptr, {}, cat("the baseline cannot be read back: ", each.message)});
  }
  Listed again(history, true);
  const auto [ours, theirs] =
      first_difference(schema::canonical(*baseline.schema), schema::canonical(*again.catalog));
  if (ours != theirs)
    baseline.refused.push_back(
        {nullptr,
         {},
         cat("the baseline makes `", theirs, "` where the history made `", ours, "`")});
  baseline.schema_of_script = std::move(again.catalog);
}

}  // namespace

Baseline make_baseline(const History& history) {
  Baseline baseline;
  const bool complete = begins_empty(history);
  Listed listed(history, complete);
  baseline.refused = listed.text.unknown;
  baseline.blocks = listed.text.blocks;
  if (!complete && baseline.refused.empty()) {
    baseline.refused.push_back(
        {history.migrations.empty() ? nullptr : history.migrations.front().source,
         {},
         "the history does not begin with an empty database, so what was there before is not "
         "known"});
  }
  for (const Kept& each : listed.text.rows) {
    const Relation* table =
        listed.catalog->relation(listed.text.renames.today(each.table, each.made)).known();
    if (!table || before(each.made, table->created) || listed.catalog->is_temporary(*table))
      continue;
    baseline.rows.push_back({each.migration->source,
                             sql::locate(each.migration->source->text, *each.statement, *each.op),
                             written(table->full_name())});
  }
  if (baseline.refused.empty()) write(listed, *listed.catalog, baseline);
  baseline.schema = std::move(listed.catalog);
  if (baseline.refused.empty()) prove(baseline);
  return baseline;
}

}  // namespace migguard::adopt
