// What Drizzle keeps beside a migration: an entry of the journal and the snapshot before 1.0, a
// snapshot in the migration's folder since.
#include <cli/new_migrations.hpp>
#include <repair/drizzle_snapshot.hpp>
#include <util/json.hpp>
#include <util/text.hpp>

#include <algorithm>
#include <initializer_list>
#include <variant>

namespace migguard::cli {
namespace {

// A replacement in a JSON text; its text is JSON.
struct Edit {
  Span span;
  std::string text;
};

std::string edited(std::string text, std::vector<Edit> edits) {
  std::sort(edits.begin(), edits.end(),
            [](const Edit& one, const Edit& other) { return one.span.begin > other.span.begin; });
  for (const Edit& each : edits)
    text.replace(each.span.begin, each.span.end - each.span.begin, each.text);
  return text;
}

std::string json_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

// The white space before a place in its line.
std::string indent_at(const std::string& text, std::size_t at) {
  const std::size_t line = text.rfind('\n', at == 0 ? 0 : at - 1);
  const std::size_t begin = line == std::string::npos ? 0 : line + 1;
  const std::size_t end = text.find_first_not_of(" \t", begin);
  return text.substr(begin, std::min(end, at) - begin);
}

// As drizzle-orm spells it, which drizzle-kit compares as text: `numeric(12, 2)`.
std::string drizzle_spelling(std::string_view type) {
  std::string out;
  for (const char c : type) {
    out += c;
    if (c == ',') out += ' ';
  }
  return out;
}

// Where a table's next column stands in a snapshot, and what it says there.
std::optional<Edit> column_before_1(const std::string& text, const json::Value& snapshot,
                                    const AddedColumn& column) {
  const json::Value* tables = snapshot.get("tables");
  const json::Value* table = tables ? tables->get(cat(column.schema, ".", column.table)) : nullptr;
  const json::Value* columns = table ? table->get("columns") : nullptr;
  if (!columns || !columns->is_object() || columns->members.empty()) return std::nullopt;
  const json::Member& last = columns->members.back();
  const std::string inner = indent_at(text, last.key_span.begin);
  return Edit{{last.value.span.end, last.value.span.end},
              cat(",\n", inner, json_text(column.column), ": {\n", inner,
                  "  \"name\": ", json_text(column.column), ",\n", inner,
                  "  \"type\": ", json_text(drizzle_spelling(column.type)), ",\n", inner,
                  "  \"primaryKey\": false,\n", inner, "  \"notNull\": false\n", inner, "}")};
}

// The same since 1.0: one list of all there is.
std::optional<Edit> column_since_1(const std::string& text, const json::Value& snapshot,
                                   const AddedColumn& column) {
  const json::Value* list = snapshot.get("ddl");
  if (!list || !list->is_array()) return std::nullopt;
  const auto says = [](const json::Value& item, std::string_view key, std::string_view value) {
    const json::Value* found = item.get(key);
    return found && found->is_string() && found->text == value;
  };
  const json::Value* last = nullptr;
  for (const json::Value& item : list->items) {
    if (item.is_object() && says(item, "entityType", "columns") &&
        says(item, "schema", column.schema) && says(item, "table", column.table))
      last = &item;
  }
  if (!last) return std::nullopt;
  const std::string outer = indent_at(text, last->span.begin);
  const std::string line = cat(",\n", outer, "  ");
  return Edit{{last->span.end, last->span.end},
              cat(",\n", outer, "{\n", outer, "  \"type\": ", json_text(column.type), line,
                  "\"typeSchema\": null", line, "\"notNull\": false", line, "\"dimensions\": 0",
                  line, "\"default\": null", line, "\"generated\": null", line,
                  "\"identity\": null", line, "\"name\": ", json_text(column.column), line,
                  "\"entityType\": \"columns\"", line, "\"schema\": ", json_text(column.schema),
                  line, "\"table\": ", json_text(column.table), "\n", outer, "}")};
}

// What 1.0 keeps of a migration behind the first since its snapshots say differences alone (version
// 9): what it does, and what it needs.
std::string difference_since_1(std::string_view version, std::string_view id,
                               std::string_view previous,
                               const std::optional<AddedColumn>& column) {
  std::string footprints = "[]", deltas = "[]";
  if (column) {
    const std::string place = cat(column->schema, ".", column->table);
    const std::string whole = cat(place, ".", column->column);
    const auto texts = [](std::initializer_list<std::string> list) {
      std::string out;
      for (const std::string& each : list)
        out += cat(out.empty() ? "" : ",\n", "        ", json_text(each));
      return out;
    };
    footprints =
        cat("[\n    {\n      \"statementType\": \"add_column\",\n      \"statementTarget\": [\n",
            texts({"column", column->schema, column->table, column->column}),
            "\n      ],\n      \"writes\": [\n",
            texts({cat("s|col|", whole), cat("n|col|", whole), cat("e|col|", whole)}),
            "\n      ],\n      \"reads\": [\n",
            texts({cat("n|tbl|", place), cat("n|sch|", column->schema)}), "\n      ]\n    }\n  ]");
    deltas = cat("[\n    {\n      \"op\": \"create\",\n      \"row\": {\n        \"schema\": ",
                 json_text(column->schema), ",\n        \"table\": ", json_text(column->table),
                 ",\n        \"name\": ", json_text(column->column),
                 ",\n        \"type\": ", json_text(column->type),
                 ",\n        \"typeSchema\": null,\n        \"notNull\": false,\n        "
                 "\"dimensions\": 0,\n        \"default\": null,\n        \"generated\": null,\n"
                 "        \"identity\": null,\n        \"entityType\": \"columns\"\n      }\n    "
                 "}\n  ]");
  }
  return cat("{\n  \"type\": \"diff\",\n  \"version\": ", json_text(version),
             ",\n  \"dialect\": \"postgres\",\n  \"id\": ", json_text(id),
             ",\n  \"prevIds\": [\n    ", json_text(previous),
             "\n  ],\n  \"footprints\": ", footprints, ",\n  \"deltas\": ", deltas, "\n}");
}

}  // namespace

std::optional<Error> NewMigrations::add_to_journal(const MigrationText& text,
                                                   const std::optional<AddedColumn>& column) {
  const DrizzleJournal& journal = *folder_.history->drizzle;
  if (journal.invalid) return Error{"the journal cannot be read", journal.source->path};
  // With the prefix `none`, every tag begins with `_`, and one snapshot serves them all.
  const bool unnumbered = !journal.entries.empty() && journal.entries.back().tag.starts_with("_");
  const std::string number = unnumbered ? "" : next_number(folder_, now_, added_);
  const std::string tag = cat(number, "_", text.name);
  changes_.push_back({join_path(folder_.folder, cat(tag, ".sql")), std::nullopt,
                      script_of(text.comment, text.forward, "\n--> statement-breakpoint\n")});
  if (entries_.empty()) {
    for (const DrizzleEntry& each : journal.entries)
      entries_.push_back({&each, each.tag, each.when.value_or(0), each.idx.value_or(0)});
  }
  std::int64_t index = -1, when = 0;
  for (const repair::JournalEntry& each : entries_) {
    index = std::max(index, each.idx);
    when = std::max(when, each.when);
  }
  entries_.push_back({nullptr, tag, std::max(when + 1, now_ + added_), index + 1});
  change({journal.source->path, journal.source->text, repair::journal_text(&journal, entries_)});

  // The snapshot: the one before, under an identifier of its own, with the column.
  std::string before;
  const std::string folder = parent_path(journal.source->path);
  for (const DrizzleSnapshot& each : journal.snapshots) {
    if (each.source) before = each.source->text;
  }
  for (const repair::FileChange& each : changes_) {
    if (each.path.ends_with("_snapshot.json")) before = *each.after;
  }
  if (before.empty()) return std::nullopt;  // a history without snapshots
  const auto snapshot = json::parse(before);
  const auto* object = std::get_if<json::Value>(&snapshot);
  const json::Value* id = object ? object->get("id") : nullptr;
  const json::Value* previous = object ? object->get("prevId") : nullptr;
  if (!id || !previous || !id->is_string())
    return Error{"the last snapshot cannot be read", folder};
  std::vector<Edit> edits = {{id->span, json_text(repair::snapshot_id(cat(tag, id->text)))},
                             {previous->span, json_text(id->text)}};
  if (column) {
    if (auto edit = column_before_1(before, *object, *column)) edits.push_back(*std::move(edit));
  }
  const std::string path = join_path(folder, cat(number, "_snapshot.json"));
  std::optional<std::string> there;
  if (unnumbered) there = before;
  change({path, std::move(there), edited(before, std::move(edits))});
  return std::nullopt;
}

std::optional<Error> NewMigrations::add_snapshot(const std::string& folder,
                                                 const std::optional<AddedColumn>& column) {
  const std::vector<DrizzleV1Folder>& folders = folder_.history->drizzle_v1->folders;
  // The one before: that no other names as its parent.
  std::string before;
  std::size_t ends = 0;
  for (const DrizzleV1Folder& each : folders) {
    if (!each.snapshot || each.invalid) continue;
    const auto names_it = [&](const DrizzleV1Folder& other) {
      return std::find(other.prev_ids.begin(), other.prev_ids.end(), each.id) !=
             other.prev_ids.end();
    };
    if (std::any_of(folders.begin(), folders.end(), names_it)) continue;
    before = each.snapshot->text;
    ++ends;
  }
  if (ends > 1)
    return Error{"two branches of snapshots end here: let `drizzle-kit generate` join them first",
                 folder_.folder};
  for (const repair::FileChange& each : changes_) {
    if (each.path.ends_with("/snapshot.json")) before = *each.after;
  }
  if (before.empty()) return std::nullopt;  // a history without snapshots
  const auto snapshot = json::parse(before);
  const auto* object = std::get_if<json::Value>(&snapshot);
  const json::Value* id = object ? object->get("id") : nullptr;
  const json::Value* previous = object ? object->get("prevIds") : nullptr;
  if (!id || !previous || !id->is_string())
    return Error{"the last snapshot cannot be read", folder_.folder};
  const std::string own_id = repair::snapshot_id(cat(file_name(folder), id->text));
  const std::string path = join_path(folder, "snapshot.json");
  const json::Value* type = object->get("type");
  const json::Value* version = object->get("version");
  if (type && version && version->is_string()) {
    changes_.push_back(
        {path, std::nullopt, difference_since_1(version->text, own_id, id->text, column)});
    return std::nullopt;
  }
  std::vector<Edit> edits = {{id->span, json_text(own_id)},
                             {previous->span, cat("[", json_text(id->text), "]")}};
  if (column) {
    if (auto edit = column_since_1(before, *object, *column)) edits.push_back(*std::move(edit));
  }
  changes_.push_back({path, std::nullopt, edited(before, std::move(edits))});
  return std::nullopt;
}

}  // namespace migguard::cli
