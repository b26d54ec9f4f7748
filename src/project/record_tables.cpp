#include <algorithm>
#include <array>
#include <project/record_tables.hpp>
#include <project/runner_files.hpp>
#include <project/toml.hpp>
#include <project/yaml.hpp>
#include <util/text.hpp>

namespace migguard::project {
namespace {

// What one file says, for histories in its folder and below.
struct Said {
  Tool tool;
  std::string folder;
  RecordTable table;
  std::string migrations;  // the only folder it speaks of; empty: any
};

// `app.migrations` as most tools take it: schema and table.
RecordTable dotted(std::string_view name) {
  const std::size_t dot = name.find('.');
  if (dot == name.npos) return {{}, std::string(name)};
  return {std::string(name.substr(0, dot)), std::string(name.substr(dot + 1))};
}

// ---- Files of their own ----------------------------------------------------------------------

// `key = value` and `key: value`, as Java reads its properties; the last one counts.
std::string property(std::string_view text, std::string_view wanted) {
  std::string found;
  for (std::string_view line : split(text, '\n')) {
    line = trim(line);
    const std::size_t separator = line.find_first_of("=:");
    if (separator == line.npos || line.starts_with('#') || line.starts_with('!')) continue;
    if (trim(line.substr(0, separator)) == wanted) found = trim(line.substr(separator + 1));
  }
  return found;
}

std::string first_of_list(std::string_view list) {
  return std::string(trim(list.substr(0, list.find(','))));
}

RecordTable flyway_table(std::string table, std::string default_schema, std::string_view schemas) {
  if (default_schema.empty()) default_schema = first_of_list(schemas);
  return {std::move(default_schema), std::move(table)};
}

RecordTable from_flyway_conf(std::string_view text) {
  return flyway_table(property(text, "flyway.table"), property(text, "flyway.defaultSchema"),
                      property(text, "flyway.schemas"));
}

RecordTable from_flyway_toml(std::string_view text) {
  const TomlStrings values(text);
  return flyway_table(values.first("flyway.table"), values.first("flyway.defaultSchema"),
                      values.first("flyway.schemas"));
}

RecordTable from_spring_properties(std::string_view text) {
  const auto value = [&](std::string_view camel, std::string_view dashed) {
    const std::string found = property(text, cat("spring.flyway.", dashed));
    return found.empty() ? property(text, cat("spring.flyway.", camel)) : found;
  };
  return flyway_table(value("table", "table"), value("defaultSchema", "default-schema"),
                      value("schemas", "schemas"));
}

std::string scalar(const YamlNode* node) {
  if (node && node->kind == YamlKind::sequence && !node->items.empty()) node = &node->items.front();
  return node && node->kind == YamlKind::scalar ? node->value : std::string();
}

RecordTable from_spring_yaml(std::string_view text) {
  const auto document = parse_yaml(text);
  const YamlNode* spring = document ? document->get("spring") : nullptr;
  const YamlNode* flyway = spring ? spring->get("flyway") : nullptr;
  if (!flyway) return {};
  std::string schema = scalar(flyway->get("default-schema"));
  if (schema.empty()) schema = scalar(flyway->get("defaultSchema"));
  return flyway_table(scalar(flyway->get("table")), std::move(schema),
                      scalar(flyway->get("schemas")));
}

RecordTable from_sqlx_toml(std::string_view text) {
  return dotted(TomlStrings(text).first("migrate.table-name"));
}

struct NamedFile {
  Tool tool;
  std::string_view name;
  RecordTable (*read)(std::string_view text);
};
constexpr std::array named_files{
    NamedFile{Tool::flyway, "flyway.conf", from_flyway_conf},
    NamedFile{Tool::flyway, "flyway.toml", from_flyway_toml},
    NamedFile{Tool::flyway, "application.properties", from_spring_properties},
    NamedFile{Tool::flyway, "application.yml", from_spring_yaml},
    NamedFile{Tool::flyway, "application.yaml", from_spring_yaml},
    NamedFile{Tool::sqlx, "sqlx.toml", from_sqlx_toml},
};

// dbconfig.yml of sql-migrate: an environment each, with `dir`, `table` and `schema`.
void read_dbconfig(std::string_view text, const std::string& folder, std::vector<Said>& out) {
  const auto document = parse_yaml(text);
  if (!document) return;
  for (const YamlMember& environment : document->members) {
    RecordTable table{scalar(environment.value.get("schema")),
                      scalar(environment.value.get("table"))};
    const std::string directory = scalar(environment.value.get("dir"));
    std::string migrations;
    if (!directory.empty()) migrations = normalize_path(join_path(folder, directory));
    out.push_back({Tool::sql_migrate, folder, std::move(table), std::move(migrations)});
  }
}

// ---- Options and variables -------------------------------------------------------------------

// A word that sets a table wherever commands and environments are written: `mark` as it stands in
// the text, followed by `=`, blanks or a colon. `command`: what the line must name besides.
struct Setting {
  Tool tool;
  std::string_view mark;
  std::string_view command;
  bool schema = false;  // of the schema alone
};
constexpr std::array settings{
    Setting{Tool::golang_migrate, "x-migrations-table", ""},
    Setting{Tool::goose, "GOOSE_TABLE", ""},
    Setting{Tool::goose, "-table", "goose"},
    Setting{Tool::dbmate, "DBMATE_MIGRATIONS_TABLE", ""},
    Setting{Tool::dbmate, "--migrations-table", "dbmate"},
    Setting{Tool::node_pg_migrate, "--migrations-table", "node-pg-migrate"},
    Setting{Tool::node_pg_migrate, "-t", "node-pg-migrate"},
    Setting{Tool::node_pg_migrate, "--migrations-schema", "node-pg-migrate", true},
};

bool in_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

// What is set at a mark that ends at `at`; empty where it is computed or nothing.
std::string value_behind(std::string_view line, std::size_t at) {
  if (at == line.size() || std::string_view("= \t:\",'").find(line[at]) == line.npos) return {};
  at = line.find_first_not_of("= \t:\",'", at);
  if (at == line.npos) return {};
  std::size_t end = at;
  while (end < line.size() && (in_word(line[end]) || line[end] == '.')) ++end;
  // `$TABLE`, `{{table}}`: computed; behind the name nothing may go on.
  const bool ends =
      end == line.size() || std::string_view(" \t\r\"'&;,\\)]").find(line[end]) != line.npos;
  return ends ? std::string(line.substr(at, end - at)) : std::string();
}

// What a line sets a table to; empty where it does not.
std::string set_by(std::string_view line, const Setting& setting) {
  if (line.starts_with('#') || line.starts_with("//")) return {};
  if (line.find(setting.command) == line.npos) return {};
  // With a name in quotes of its own.
  if (line.find("x-migrations-table-quoted") != line.npos) return {};
  for (std::size_t at = line.find(setting.mark); at != line.npos;
       at = line.find(setting.mark, at + 1)) {
    // `--table` is `-table` to goose; `other-table` is another option.
    if (at > 0 && in_word(line[at - 1]) && line[at - 1] != '-') continue;
    std::string value = value_behind(line, at + setting.mark.size());
    if (!value.empty()) return value;
  }
  return {};
}

void read_settings(std::string_view text, const std::string& folder, std::vector<Said>& out) {
  for (const Setting& setting : settings) {
    if (text.find(setting.mark) == text.npos || text.find(setting.command) == text.npos) continue;
    for (const std::string_view line : split(text, '\n')) {
      const std::string value = set_by(trim(line), setting);
      if (value.empty()) continue;
      RecordTable table = setting.tool == Tool::golang_migrate ? RecordTable{{}, value}
                          : setting.schema                     ? RecordTable{value, {}}
                                                               : dotted(value);
      out.push_back({setting.tool, folder, std::move(table), {}});
    }
  }
}

bool holds_settings(const std::string& folder, std::string_view name) {
  return runner_file_of(folder, name).has_value() || name.starts_with(".env");
}

// ---- Putting together ------------------------------------------------------------------------

std::vector<Said> read_files(Tree& tree, const std::vector<std::string>& folders,
                             const Project& project) {
  const auto used = [&](Tool tool) {
    return std::any_of(project.histories.begin(), project.histories.end(),
                       [&](const History& each) { return each.tool == tool; });
  };
  const bool any_setting = std::any_of(settings.begin(), settings.end(),
                                       [&](const Setting& each) { return used(each.tool); });
  std::vector<Said> said;
  for (const std::string& folder : folders) {
    for (const std::string& name : tree.folder(folder).files) {
      for (const NamedFile& each : named_files) {
        if (each.name != name || !used(each.tool)) continue;
        const auto text = tree.peek(join_path(folder, name));
        if (text) said.push_back({each.tool, folder, each.read(*text), {}});
      }
      if (used(Tool::sql_migrate) && (name == "dbconfig.yml" || name == "dbconfig.yaml")) {
        if (const auto text = tree.peek(join_path(folder, name)))
          read_dbconfig(*text, folder, said);
      }
      if (any_setting && holds_settings(folder, name)) {
        if (const auto text = tree.peek(join_path(folder, name)))
          read_settings(*text, folder, said);
      }
    }
  }
  return said;
}

// One part of a name: what all say that say anything; none where they contradict each other.
std::string agreed(const std::vector<const Said*>& said, std::string RecordTable::*part) {
  std::string value;
  for (const Said* each : said) {
    const std::string& one = each->table.*part;
    if (one.empty()) continue;
    if (!value.empty() && value != one) return {};
    value = one;
  }
  return value;
}

void name_table(const std::vector<Said>& said, History& history) {
  std::vector<const Said*> mine;
  for (const Said& each : said) {
    if (each.tool != history.tool) continue;
    // A file above speaks of all below it; one beside, `deploy/compose.yml`, of its package.
    const bool here = each.migrations.empty() ? is_below(history.folder, each.folder) ||
                                                    is_below(each.folder, history.package)
                                              : each.migrations == history.folder;
    if (here) mine.push_back(&each);
  }
  history.record.schema = agreed(mine, &RecordTable::schema);
  history.record.name = agreed(mine, &RecordTable::name);
}

}  // namespace

void read_record_tables(Tree& tree, const std::vector<std::string>& folders, Project& project) {
  std::vector<Said> said = read_files(tree, folders, project);
  for (const DrizzleConfig& each : project.drizzle_configs) {
    if (each.out_folder.empty()) continue;
    for (const Tool tool : {Tool::drizzle, Tool::drizzle_v1})
      said.push_back({tool, each.package, each.record, each.out_folder});
  }
  for (History& history : project.histories) name_table(said, history);
}

}  // namespace migguard::project
