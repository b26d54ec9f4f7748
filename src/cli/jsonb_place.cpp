#include <cli/jsonb.hpp>
#include <cli/jsonb_place.hpp>
#include <cli/settings.hpp>
#include <jsonb/move.hpp>
#include <lint/replay.hpp>
#include <migguard/history.hpp>
#include <migguard/jsonb.hpp>
#include <project/load.hpp>
#include <repair/write.hpp>
#include <report/json_writer.hpp>
#include <schema/catalog.hpp>
#include <sql/script.hpp>
#include <util/text.hpp>

#include <re2/re2.h>
#include <algorithm>
#include <array>

namespace migguard::cli {
namespace {

class Silence final : public lint::ReplayListener {
 public:
  void operation(const Op&, bool) override {}
};

std::string spelling(const Column& column) {
  if (!column.type_known || column.type.name.empty()) return {};
  if (column.type.array_dimensions > 0) return cat(column.type.name, "[]");
  std::string modifiers;
  for (const std::int32_t each : column.type.modifiers)
    modifiers += cat(modifiers.empty() ? "(" : ",", each);
  if (!modifiers.empty()) modifiers += ')';
  return jsonb::type_spelling(cat(column.type.name, modifiers));
}

// The primary key, else a unique index of columns that are never null: batches go along it.
std::vector<std::string> row_key(const Relation& table) {
  const auto never_null = [&](const List<Text>& columns) {
    return !columns.empty() && std::all_of(columns.begin(), columns.end(), [&](Text name) {
      const Column* column = table.column(name);
      return column && column->not_null == Known::yes;
    });
  };
  const auto names = [](const List<Text>& columns) {
    return std::vector<std::string>(columns.begin(), columns.end());
  };
  for (const Constraint& each : table.constraints) {
    if (each.kind == ConstraintKind::primary_key) return names(each.columns);
  }
  for (const Index& each : table.indexes) {
    if (each.unique && !each.partial && never_null(each.columns)) return names(each.columns);
  }
  return {};
}

std::string_view kind_words(RelationKind kind) {
  switch (kind) {
    case RelationKind::view:
      return "a view";
    case RelationKind::materialized_view:
      return "a materialized view";
    case RelationKind::foreign_table:
      return "a foreign table";
    case RelationKind::sequence:
      return "a sequence";
    default:
      return "a table";
  }
}

std::string listed(const std::vector<std::string>& names, std::size_t most) {
  std::string out;
  for (std::size_t i = 0; i < names.size() && i < most; ++i)
    out += cat(i == 0 ? "" : ", ", "`", names[i], "`");
  if (names.size() > most) out += cat(" and ", names.size() - most, " more");
  return out;
}

// "; did you mean `x`?", else what there is.
std::string instead(std::string_view word, const std::vector<std::string>& names,
                    std::string_view are) {
  const std::vector<std::string_view> candidates(names.begin(), names.end());
  if (const auto meant = closest(word, candidates)) return cat("; did you mean `", *meant, "`?");
  return names.empty() ? std::string() : cat("; ", are, " ", listed(names, 12));
}

bool among(const List<Text>& columns, std::string_view name) {
  return std::any_of(columns.begin(), columns.end(), [&](Text each) { return each == name; });
}

// What would break, or be broken by, values that a move puts into the column.
std::string bound_by(const Relation& table, const Column& column) {
  for (const Constraint& each : table.constraints) {
    if (!among(each.columns, column.name)) continue;
    if (each.kind == ConstraintKind::primary_key) return "part of the primary key";
    if (each.kind == ConstraintKind::foreign_key) return cat("part of the foreign key ", each.name);
    if (each.kind == ConstraintKind::unique) return cat("part of the unique key ", each.name);
    if (each.kind != ConstraintKind::not_null) return cat("under the constraint ", each.name);
  }
  for (const Index& each : table.indexes) {
    if (each.unique && (among(each.columns, column.name) || among(each.mentioned, column.name)))
      return cat("part of the unique index ", each.name);
  }
  if (column.generated != Generated::none) return "a generated column";
  if (column.identity != Identity::none || column.serial) return "numbered by a sequence";
  if (column.not_null == Known::yes) return "NOT NULL";
  if (column.has_default) return "filled by a default";
  return {};
}

bool is_json(const Column& column, const schema::Catalog& catalog) {
  if (column.type.array_dimensions > 0) return false;
  if (column.type.name == "json" || column.type.name == "jsonb") return true;
  const Type* type = catalog.type(column.type.lookup_name()).known();
  return type && type->kind == TypeKind::domain &&
         (type->base.name == "json" || type->base.name == "jsonb");
}

// Takes what the schema knows of the table. Errors: the column cannot be guarded.
std::optional<Error> look(JsonPlace& place, const Relation& table, const schema::Catalog& catalog,
                          const History& history) {
  place.table_known = true;
  place.every_column_known = table.create_seen;
  place.column.schema = table.schema;
  place.column.table = table.name;
  const std::string shown = cat("`", table.name, ".", place.column.column, "`");
  if (table.kind != RelationKind::table && table.kind != RelationKind::partitioned_table)
    return Error{
        cat("`", table.name, "` is ", kind_words(table.kind), ": only a table can be guarded")};
  std::vector<std::string> column_names, json_names;
  for (const Column& each : table.columns) {
    place.columns.push_back({std::string(each.name), spelling(each), bound_by(table, each)});
    column_names.emplace_back(each.name);
    if (is_json(each, catalog)) json_names.emplace_back(each.name);
  }
  place.row_key = row_key(table);
  for (const Constraint& each : table.constraints) {
    place.constraints.emplace_back(each.name);
    if (each.valid) place.validated.emplace_back(each.name);
  }
  for (const Text each : table.triggers) place.triggers.emplace_back(each);
  for (const Function* each : catalog.functions()) {
    if (each->schema != table.schema) continue;
    place.functions.emplace_back(each->name);
    place.function_bodies.emplace_back(each->body);
  }
  const Column* column = table.column(place.column.column);
  if (!column) {
    if (place.every_column_known && !catalog.opaque())
      return Error{cat("`", table.name, "` has no column `", place.column.column, "`",
                       json_names.empty()
                           ? instead(place.column.column, column_names, "it has")
                           : instead(place.column.column, json_names, "its JSON columns are")),
                   history.folder};
    place.notices.push_back(cat(shown, " was not checked: no migration here makes the column"));
    return std::nullopt;
  }
  if (!is_json(*column, catalog)) {
    const Type* type = catalog.type(column->type.lookup_name()).known();
    const bool built_in = column->type.schema.empty() && !spelling(*column).empty();
    if (!type && !built_in) {
      place.notices.push_back(cat("the type of ", shown, " was not checked: it is not known here"));
      return std::nullopt;
    }
    const std::string text = spelling(*column);
    return Error{
        cat(shown, " is of type ", text, ", not JSON",
            text == "text" || text.starts_with("varchar")
                ? cat("; where it holds nothing else: ALTER TABLE ", quote_identifier(table.name),
                      " ALTER COLUMN ", quote_identifier(column->name), " TYPE jsonb USING ",
                      quote_identifier(column->name), "::jsonb")
            : json_names.empty() ? std::string()
                                 : cat("; its JSON columns are ", listed(json_names, 12))),
        history.folder};
  }
  place.column.cast = column->type.name != "jsonb";
  return std::nullopt;
}

void add_tables(const schema::Catalog& catalog, std::vector<std::string>& tables) {
  for (const Relation* each : catalog.relations()) {
    if (each->kind != RelationKind::table && each->kind != RelationKind::partitioned_table)
      continue;
    tables.push_back(each->schema == "public" ? std::string(each->name)
                                              : cat(each->schema, ".", each->name));
  }
}

// Whether a table of that schema which the history does not make is not there: it began with an
// empty database, in which its first migration made tables, some of them in the schema.
bool shows_every_table(const History& history, const schema::Catalog& catalog,
                       std::string_view schema) {
  if (catalog.opaque() || history.docker_init || !history.code.empty()) return false;
  bool begins = false, has_schema = false;
  for (const Relation* each : catalog.relations()) {
    if (each->created_certain != Known::yes || each->kind != RelationKind::table) continue;
    begins |= each->created.migration == history.migrations.front().position;
    has_schema |= each->schema == schema;
  }
  return begins && has_schema;
}

// ---- The folder that takes the files

bool takes_files(const History& history) {
  return history.dialect == Dialect::postgresql && !history.docker_init;
}

// The folder of a project without migrations: one that is called so, else a new one.
std::string new_folder(const std::string& root, const FileSystem& files) {
  const auto canonical = files.canonical(root);
  const std::string name(file_name(canonical ? *canonical : root));
  constexpr std::array<std::string_view, 4> names{"migrations", "migration", "initdb", "sql"};
  if (std::find(names.begin(), names.end(), name) != names.end()) return root;
  for (const char* each : {"migrations", "db/migrations", "db/migration", "sql"}) {
    if (files.is_directory(join_path(root, each))) return join_path(root, each);
  }
  return join_path(root, "migrations");
}

// The history that takes the files where none makes the table: the only one of a tool, else the
// only loose folder. Errors: there are several.
std::optional<Error> choose_history(JsonPlace& place, const std::string& table) {
  std::vector<const History*> found, loose, code;
  for (const History& each : place.project->histories) {
    if (!each.code.empty() && each.migrations.empty()) {
      code.push_back(&each);
    } else if (takes_files(each)) {
      (each.loose ? loose : found).push_back(&each);
    }
  }
  if (found.empty()) found = loose;
  if (found.empty()) found = code;
  if (found.size() > 1) {
    std::vector<std::string> folders;
    folders.reserve(found.size());
    for (const History* each : found) folders.push_back(each->folder);
    return Error{cat("no migration here makes `", table,
                     "`, and several folders could take the "
                     "files: name one, ",
                     listed(folders, 6))};
  }
  if (found.size() == 1) place.history = found.front();
  return std::nullopt;
}

bool is_written_in_code(const History& history) {
  return !history.code.empty() && history.migrations.empty();
}

// Where the schema ends: the first point outside quotes.
std::size_t point_between(std::string_view name) {
  bool quoted = false;
  for (std::size_t at = 0; at < name.size(); ++at) {
    if (name[at] == '"') quoted = !quoted;
    if (name[at] == '.' && !quoted) return at;
  }
  return std::string::npos;
}

// `Quote Items` of `"Quote Items"`.
std::string unquoted(const std::string& name) {
  if (name.size() < 2 || name.front() != '"' || name.back() != '"') return name;
  std::string out;
  for (std::size_t at = 1; at + 1 < name.size(); ++at) {
    out += name[at];
    if (name[at] == '"' && name[at + 1] == '"' && at + 2 < name.size()) ++at;
  }
  return out;
}

}  // namespace

const JsonPlace::TableColumn* JsonPlace::find(std::string_view name) const {
  const auto found = std::find_if(columns.begin(), columns.end(),
                                  [&](const TableColumn& each) { return each.name == name; });
  return found == columns.end() ? nullptr : &*found;
}

Result<JsonPlace> find_json_place(const Options& options, const Environment& environment) {
  if (options.table.empty()) return Error{"`--table` names the table"};
  if (options.column.empty()) return Error{"`--column` names the JSON column"};
  JsonPlace place;
  const std::size_t point = point_between(options.table);
  const bool has_schema = point != std::string::npos;
  if (has_schema) place.column.schema = unquoted(options.table.substr(0, point));
  place.column.table = unquoted(options.table.substr(has_schema ? point + 1 : 0));
  place.column.column = options.column;
  place.column.cast = true;

  Options project = options;
  project.arguments.assign(jsonb_arguments(options).begin(), jsonb_arguments(options).end());
  const auto run = prepare(project, environment);
  if (!run) return run.error();
  auto loaded = project::load(load_settings(run->settings), environment.files);
  if (!loaded) return loaded.error();
  place.project = std::move(*loaded);
  project::parse(*place.project, options.jobs);
  lint::number_migrations(*place.project);

  std::vector<std::string> tables;
  std::string all_in;  // a folder that shows every table there is
  for (const History& history : place.project->histories) {
    if (history.dialect != Dialect::postgresql || history.migrations.empty()) continue;
    schema::Catalog catalog;
    Silence silence;
    lint::replay(history, false, catalog, silence);
    const Name name{has_schema ? Text(place.column.schema) : Text(), place.column.table};
    if (const Relation* table = catalog.relation(name).known()) {
      if (auto error = look(place, *table, catalog, history)) return *error;
      place.history = &history;
      break;
    }
    add_tables(catalog, tables);
    if (shows_every_table(history, catalog, has_schema ? place.column.schema : "public"))
      all_in = history.folder;
  }
  if (!place.history) {
    if (!all_in.empty() && place.project->code_tools.empty())
      return Error{cat("no migration here makes a table `", options.table, "`",
                       instead(options.table, tables, "there are")),
                   all_in};
    if (auto error = choose_history(place, options.table)) return *error;
    const std::vector<std::string_view> names(tables.begin(), tables.end());
    const auto meant = closest(options.table, names);
    place.notices.push_back(cat("`", options.table, ".", options.column,
                                "` was not checked: no migration here makes the table",
                                meant ? cat("; did you mean `", *meant, "`?") : std::string()));
  }
  if (place.history) {
    place.tool = place.history->tool;
    place.folder = place.history->folder;
    // Drizzle's folder without a journal is numbered SQL.
    if (place.tool == Tool::drizzle && !(place.history->drizzle && place.history->drizzle->source))
      return Error{"has no journal yet: `drizzle-kit generate` begins one", place.folder};
    if (place.tool == Tool::plain && options.tool) place.tool = *options.tool;
  } else {
    place.tool = options.tool.value_or(Tool::plain);
    place.folder = new_folder(place.project->root, environment.files);
  }
  return place;
}

std::string snake(std::string_view name) {
  std::string out;
  for (const std::string& token : jsonb::tokenize(name)) out += cat(out.empty() ? "" : "_", token);
  return out.empty() ? "value" : out;
}

Result<jsonb::KeyPath> object_key(const std::string& key, std::string_view column,
                                  std::string_view otherwise) {
  constexpr std::string_view spelt =
      "keys are written `price`, `pricing.total` or `[\"a.b\"].total`";
  static const RE2 dollar_tag(R"(\$\w*\$)");
  if (key.starts_with("$") || key.starts_with("/") || key.starts_with(".") || key.ends_with(".") ||
      key.find("..") != std::string::npos || key.find('\\') != std::string::npos ||
      key.starts_with("'") || key.starts_with("\""))
    return Error{cat("`--key ", key, "`: ", spelt)};
  if (RE2::PartialMatch(key, dollar_tag))
    return Error{cat("`--key ", key,
                     "`: a key with a text between two `$` ends the functions that "
                     "would name it")};
  if (key.starts_with(cat(column, ".")))
    return Error{cat("`--key ", key, "` begins with the column: `--key ",
                     key.substr(column.size() + 1), "`; a key of that name is `[\"", column, "\"]",
                     key.substr(column.size()), "`")};
  jsonb::KeyPath steps = jsonb::split_path(key);
  const bool through_array = std::any_of(steps.begin(), steps.end(), [](const std::string& step) {
    return step.starts_with("[") || step == "*" || step == "**";
  });
  if (steps.empty())
    return Error{cat("`--key ", key, "` names no key: `price` or `pricing.total`")};
  if (through_array) return Error{cat("`--key ", key, "` leads through an array: ", otherwise)};
  return steps;
}

std::vector<std::string> statements_for(const JsonPlace& place,
                                        std::vector<std::string> statements) {
  const bool in_transaction = place.tool != Tool::plain;
  for (std::string& each : statements) {
    if (!in_transaction && each.starts_with("SET LOCAL ")) each.erase(4, 6);
  }
  return statements;
}

MigrationText migration_text(const JsonPlace& place, const std::string& name,
                             const jsonb::Phase& phase) {
  // Prisma's engine ends a statement at a semicolon in a comment, too.
  std::string comment = phase.summary;
  std::replace(comment.begin(), comment.end(), ';', ',');
  return {name, std::move(comment), statements_for(place, phase.statements),
          statements_for(place, phase.undo)};
}

Result<Answer> answer_with(const NewMigrations& files, const JsonPlace& place,
                           const std::vector<jsonb::Phase>& phases, const std::string& shown,
                           const Options& options, const Environment& environment,
                           std::vector<std::string> notices) {
  Answer answer;
  answer.notices = place.notices;
  answer.notices.insert(answer.notices.end(), notices.begin(), notices.end());
  if (options.write) {
    if (place.history && is_written_in_code(*place.history))
      return Error{cat("has migrations that are programs of ", display_name(place.tool),
                       ": run this without `--write`, and put the SQL into one of them"),
                   place.folder};
    if (auto error = repair::write_changes(files.changes(), {parent_path(files.folder())},
                                           environment.files))
      return *error;
  }
  std::string text;
  for (const repair::FileChange& each : files.changes()) {
    if (options.write)
      text += cat(each.before ? "changed " : "wrote ", each.path, "\n");
    else if (shown.empty())
      text += repair::unified_diff(each);
  }
  if (!options.write) text += shown;

  using Layout = report::JsonWriter::Layout;
  report::JsonWriter json;
  json.begin_object(Layout::block).member("version", 1).member("written", options.write);
  json.member("table", jsonb::qualified(place.column)).member("column", place.column.column);
  json.member("checked", place.table_known).key("phases").begin_array(Layout::block);
  for (const jsonb::Phase& each : phases) {
    json.begin_object(Layout::block).member("name", each.name).member("summary", each.summary);
    json.key("statements").begin_array(Layout::block);
    for (const std::string& statement : statements_for(place, each.statements))
      json.value(statement);
    json.end_array().end_object();
  }
  json.end_array().key("files").begin_array(Layout::block);
  for (const repair::FileChange& each : files.changes()) {
    json.begin_object()
        .member("path", each.path)
        .member("change", each.before ? "changed" : "new")
        .member("text", *each.after)
        .end_object();
  }
  json.end_array().key("notices").begin_array(Layout::block);
  for (const std::string& each : answer.notices) json.value(each);
  const std::string as_json = json.end_array().end_object().take();
  for (const Output& output : outputs_of(options))
    answer.documents.push_back({output.format == "json" ? as_json : text, output.file});
  return answer;
}

}  // namespace migguard::cli
